/// Finds card numbers in texts, so that none is ever stored.
package enum CardNumber {
    /// Whether the text holds digits of a card number's length, with a known issuer's prefix and a valid Luhn digit.
    ///
    /// Groups of digits may stand apart by one space, hyphen, dot, underscore, tab or line break.
    package static func isContained(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count(where: isDigit) >= digitsMin else { return false }
            var groups: [[UInt8]] = []
            var group: [UInt8] = []
            var gap = 0
            for byte in bytes {
                if isDigit(byte) {
                    group.append(byte - 0x30)
                    gap = 0
                    continue
                }
                if !group.isEmpty {
                    groups.append(group)
                    group.removeAll()
                }
                gap += 1
                if gap > 1 || !isSeparator(byte) {
                    if holdsNumber(groups) { return true }
                    groups.removeAll()
                }
            }
            if !group.isEmpty { groups.append(group) }
            return holdsNumber(groups)
        }
    }

    /// Whether neighbouring groups, together, are a card number.
    private static func holdsNumber(_ groups: [[UInt8]]) -> Bool {
        for first in groups.indices {
            var digits: [UInt8] = []
            for group in groups[first...] {
                digits += group
                if digits.count > 19 { break }
                if isCardNumber(digits) { return true }
            }
        }
        return false
    }

    /// The shortest card numbers.
    private static var digitsMin: Int { 13 }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x2D, 0x2E, 0x5F, 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    private static func isCardNumber(_ digits: [UInt8]) -> Bool {
        guard digits.count >= digitsMin, hasIssuer(digits) else { return false }
        var sum = 0
        for (offset, digit) in digits.reversed().enumerated() {
            let weighed = offset % 2 == 0 ? Int(digit) : Int(digit) * 2
            sum += weighed > 9 ? weighed - 9 : weighed
        }
        return sum % 10 == 0
    }

    /// Whether prefix and length are those of a known issuer's cards.
    private static func hasIssuer(_ digits: [UInt8]) -> Bool {
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
        let count = digits.count
        switch prefix {
        case 4000...4999: return count == 13 || count == 16 || count == 19
        case 5100...5599, 2221...2720: return count == 16
        case 3400...3499, 3700...3799: return count == 15
        case 3000...3059, 3600...3699, 3800...3999: return count == 14 || count >= 16
        case 3528...3589, 6011, 6440...6599, 6200...6299, 8100...8199: return count >= 16
        case 5000...5099, 5600...5899, 6304, 6390, 6700...6799: return count >= 16
        case 2200...2204: return count >= 16
        default: return false
        }
    }
}
