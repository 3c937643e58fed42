import RemitWire

/// Finds a method by its name's bytes without making a string of them: open addressing over the bytes' hash.
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
            var place = name.span.quickHash & mask
            while table[place] >= 0 { place = (place + 1) & mask }
            table[place] = Int32(position)
        }
        self.table = table
    }

    /// The position of `name` among the names; nil if it isn't one of them.
    func find(_ name: Span<UInt8>) -> Int? {
        var place = name.quickHash & mask
        while table[place] >= 0 {
            let position = Int(table[place])
            let known = names[position]
            if known.span.hasSameBytes(as: name) { return position }
            place = (place + 1) & mask
        }
        return nil
    }
}
