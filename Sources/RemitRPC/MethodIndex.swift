/// Finds a method by its name's bytes without making a string of them: open addressing over FNV-1a.
struct MethodIndex: Sendable {
    private let names: [[UInt8]]
    private let table: [Int32]
    private let mask: Int

    /// An index of `names`, which must differ.
    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        precondition(Set(names).count == names.count, "Each method is given to a router once.")
        var capacity = 16
        while capacity < names.count * 2 { capacity *= 2 }
        mask = capacity - 1
        var table = [Int32](repeating: -1, count: capacity)
        for (position, name) in self.names.enumerated() {
            var place = Self.hash(name.span) & mask
            while table[place] >= 0 { place = (place + 1) & mask }
            table[place] = Int32(position)
        }
        self.table = table
    }

    /// The position of `name` among the names; nil if it isn't one of them.
    func find(_ name: Span<UInt8>) -> Int? {
        var place = Self.hash(name) & mask
        while table[place] >= 0 {
            let position = Int(table[place])
            if Self.equal(names[position], name) { return position }
            place = (place + 1) & mask
        }
        return nil
    }

    private static func hash(_ bytes: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for place in bytes.indices {
            hash ^= UInt64(bytes[place])
            hash = hash &* 0x100_0000_01b3
        }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & Int.max
    }

    private static func equal(_ left: [UInt8], _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for place in right.indices where left[place] != right[place] { return false }
        return true
    }
}
