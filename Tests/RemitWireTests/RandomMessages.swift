import RemitTesting
import RemitWire

/// Random messages: every field is set about every second time, numbers are often at their bounds.
struct RandomMessages {
    var seed: SeededRandom

    mutating func sample() -> Sample {
        .with {
            if flip() { $0.scalars = scalars() }
            if flip() { $0.optionals = optionals() }
            if flip() { $0.lists = lists() }
            if flip() { $0.maps = maps() }
            if flip() { $0.tree = tree(levels: 4) }
            if flip() { $0.names = names() }
        }
    }

    mutating func scalars() -> Scalars {
        .with {
            if flip() { $0.fDouble = double() }
            if flip() { $0.fFloat = Float(double()) }
            if flip() { $0.fInt32 = number() }
            if flip() { $0.fInt64 = number() }
            if flip() { $0.fUint32 = number() }
            if flip() { $0.fUint64 = number() }
            if flip() { $0.fSint32 = number() }
            if flip() { $0.fSint64 = number() }
            if flip() { $0.fFixed32 = number() }
            if flip() { $0.fFixed64 = number() }
            if flip() { $0.fSfixed32 = number() }
            if flip() { $0.fSfixed64 = number() }
            $0.fBool = flip()
            if flip() { $0.fString = text() }
            if flip() { $0.fBytes = bytes() }
            if flip() { $0.fColor = color() }
        }
    }

    mutating func optionals() -> Optionals {
        .with {
            if flip() { $0.fDouble = double() }
            if flip() { $0.fFloat = 0 }
            if flip() { $0.fInt32 = number() }
            if flip() { $0.fInt64 = number() }
            if flip() { $0.fUint32 = number() }
            if flip() { $0.fUint64 = 0 }
            if flip() { $0.fSint32 = number() }
            if flip() { $0.fSint64 = number() }
            if flip() { $0.fFixed32 = number() }
            if flip() { $0.fFixed64 = number() }
            if flip() { $0.fSfixed32 = number() }
            if flip() { $0.fSfixed64 = number() }
            if flip() { $0.fBool = flip() }
            if flip() { $0.fString = flip() ? "" : text() }
            if flip() { $0.fBytes = flip() ? [] : bytes() }
            if flip() { $0.fColor = color() }
        }
    }

    mutating func lists() -> Lists {
        .with {
            $0.fDouble = list { $0.double() }
            $0.fFloat = list { Float($0.double()) }
            $0.fInt32 = list { $0.number() }
            $0.fInt64 = list { $0.number() }
            $0.fUint32 = list { $0.number() }
            $0.fUint64 = list { $0.number() }
            $0.fSint32 = list { $0.number() }
            $0.fSint64 = list { $0.number() }
            $0.fFixed32 = list { $0.number() }
            $0.fFixed64 = list { $0.number() }
            $0.fSfixed32 = list { $0.number() }
            $0.fSfixed64 = list { $0.number() }
            $0.fBool = list { $0.flip() }
            $0.fString = list { $0.text() }
            $0.fBytes = list { $0.bytes() }
            $0.fColor = list { $0.color() }
            $0.fScalars = list { $0.scalars() }
            $0.unpacked = list { $0.number() }
        }
    }

    mutating func maps() -> Maps {
        .with {
            for _ in 0..<Int.random(in: 0...20, using: &seed) { $0.text[text()] = text() }
            for _ in 0..<Int.random(in: 0...3, using: &seed) { $0.scalars[number()] = scalars() }
            if flip() { $0.colors[flip()] = color() }
            if flip() { $0.bytes[number()] = bytes() }
        }
    }

    mutating func tree(levels: Int) -> Tree {
        .with {
            if flip() { $0.label = text() }
            guard levels > 0 else { return }
            if flip() { $0.child = tree(levels: levels - 1) }
            if flip() { $0.children = [tree(levels: levels - 1), Tree()] }
            if flip() { $0.named[text()] = tree(levels: levels - 1) }
            switch Int.random(in: 0...5, using: &seed) {
            case 0: $0.branch = .tree(tree(levels: levels - 1))
            case 1: $0.branch = .leaf(scalars())
            case 2: $0.branch = .weight(number())
            case 3: $0.branch = .class(text())
            case 4: $0.branch = .color(color())
            default: $0.branch = nil
            }
        }
    }

    mutating func names() -> Names {
        .with {
            if flip() { $0.default = text() }
            if flip() { $0.unknownFields_ = text() }
            if flip() { $0.self_ = text() }
            if flip() { $0.fieldName = text() }
            if flip() { $0.type = Names.Type_() }
        }
    }

    mutating func flip() -> Bool { Bool.random(using: &seed) }

    mutating func list<Element>(_ element: (inout RandomMessages) -> Element) -> [Element] {
        (0..<Int.random(in: 0...4, using: &seed)).map { _ in element(&self) }
    }

    mutating func number<Number: FixedWidthInteger>() -> Number {
        switch Int.random(in: 0...4, using: &seed) {
        case 0: .min
        case 1: .max
        case 2: Number(Int.random(in: 0...200, using: &seed) & 127)
        case 3: 1 << Number(Int.random(in: 0..<Number.bitWidth - 1, using: &seed))
        default: Number(truncatingIfNeeded: seed.next())
        }
    }

    mutating func double() -> Double {
        let values = [0, -0.0, 1, -1.5, .infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e-300]
        return values[Int.random(in: 0..<values.count, using: &seed)]
    }

    mutating func color() -> Color {
        flip() ? .below : Color(rawValue: number())
    }

    mutating func bytes() -> [UInt8] {
        (0..<Int.random(in: 0...300, using: &seed)).map { _ in UInt8.random(in: 0...255, using: &seed) }
    }

    mutating func text() -> String {
        let letters = ["a", "Z", "0", "é", "ß", "€", "日", "🙂", "\u{0}", " "]
        let count = Int.random(in: 0...(flip() ? 4 : 60), using: &seed)
        return (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &seed)] }.joined()
    }
}
