package import RemitDomain

/// Page tokens: a position, sealed to the caller and to what was asked, so that none can be made up or carried over.
///
/// A token is the position's bytes behind a tag of 128 bits: two SipHash-2-4 values under one secret key, told apart by a
/// label. It hides nothing, for a page shows its position anyway; it only can't be forged.
package struct PageTokens: Sendable {
    private static let tagBytes = 16
    /// Positions are short; what is longer was never ours.
    private static let lengthMax = 1_024

    private let key: SipHash.Key

    /// Tokens under `key`; those of another key are refused.
    package init(key: SipHash.Key) {
        self.key = key
    }

    func token(for position: PaymentPosition, filter: [UInt8], in scope: Scope) -> String {
        var payload: [UInt8] = []
        let milliseconds = UInt64(bitPattern: position.createdAt.milliseconds)
        for shift in stride(from: 56, through: 0, by: -8) {
            payload.append(UInt8(truncatingIfNeeded: milliseconds >> UInt64(shift)))
        }
        payload += position.id.text.utf8
        return seal(payload, purpose(filter, in: scope))
    }

    func paymentPosition(
        _ token: String, filter: [UInt8], in scope: Scope
    ) throws(PaymentError) -> PaymentPosition {
        let payload = try open(token, purpose(filter, in: scope))
        guard payload.count > 8 else { throw Self.foreign }
        let milliseconds = payload.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return PaymentPosition(
            createdAt: Timestamp(milliseconds: Int64(bitPattern: milliseconds)),
            id: PaymentID(String(decoding: payload.dropFirst(8), as: UTF8.self)))
    }

    func token(forTenantAfter name: String, by principal: PrincipalID) -> String {
        seal(Array(name.utf8), purpose(ofTenantsBy: principal))
    }

    func tenantName(_ token: String, by principal: PrincipalID) throws(PaymentError) -> String {
        String(decoding: try open(token, purpose(ofTenantsBy: principal)), as: UTF8.self)
    }

    /// Caller and filter; the size of a page may change from one to the next.
    private func purpose(_ filter: [UInt8], in scope: Scope) -> [[UInt8]] {
        [Array("payments".utf8), Array((scope.tenant?.text ?? "").utf8), Array(scope.principal.text.utf8), filter]
    }

    private func purpose(ofTenantsBy principal: PrincipalID) -> [[UInt8]] {
        [Array("tenants".utf8), Array(principal.text.utf8)]
    }

    private static var foreign: PaymentError {
        .invalid(
            "page_token",
            "Give the token of the page before with the same filter and caller, or none for the first page.")
    }

    private func seal(_ payload: [UInt8], _ purpose: [[UInt8]]) -> String {
        var text = ""
        for byte in tag(of: payload, purpose) + payload {
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }

    private func open(_ token: String, _ purpose: [[UInt8]]) throws(PaymentError) -> ArraySlice<UInt8> {
        let digits = Array(token.utf8)
        guard digits.count <= Self.lengthMax, digits.count % 2 == 0, digits.count >= Self.tagBytes * 2 else {
            throw Self.foreign
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else {
                throw Self.foreign
            }
            bytes.append(high << 4 | low)
        }
        let payload = bytes.dropFirst(Self.tagBytes)
        let expected = tag(of: Array(payload), purpose)
        // All bytes are compared, so that time tells nothing of where they differ.
        let difference = zip(bytes, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0 else { throw Self.foreign }
        return payload
    }

    private func tag(of payload: [UInt8], _ purpose: [[UInt8]]) -> [UInt8] {
        var tag: [UInt8] = []
        for label in ["page-token-1", "page-token-2"] {
            var hash = SipHash(key: key)
            hash.combine(label)
            hash.combine(UInt64(purpose.count))
            for part in purpose {
                hash.combine(UInt64(part.count))
                hash.combine(part)
            }
            hash.combine(UInt64(payload.count))
            hash.combine(payload)
            let value = hash.finalize()
            for shift in stride(from: 56, through: 0, by: -8) {
                tag.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
            }
        }
        return tag
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
