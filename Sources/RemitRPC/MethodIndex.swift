import RemitWire

/// Finds a method by its name's bytes without making a string of them: open addressing over the bytes' hash.
struct MethodIndex: Sendable {
    /// All names, one behind the other: an array for each would be retained by every call.
    private let names: [UInt8]
    /// Where each name ends, which is where the next one begins; 0 before the first.
    private let ends: [Int]
    private let table: [Int32]
    private let mask: Int

    /// An index of `names`, which must differ.
    init(_ names: [String]) {
        precondition(Set(names).count == names.count, "Each method is given to a router once.")
        var capacity = 16
        while capacity < names.count * 2 { capacity *= 2 }
        mask = capacity - 1
        var table = [Int32](repeating: -1, count: capacity)
        var all: [UInt8] = []
        var ends = [0]
        for (position, name) in names.enumerated() {
            let bytes = Array(name.utf8)
            var place = bytes.span.quickHash & mask
            while table[place] >= 0 { place = (place + 1) & mask }
            table[place] = Int32(position)
            all += bytes
            ends.append(all.count)
        }
        self.names = all
        self.ends = ends
        self.table = table
    }

    /// The position of `name` among the names; nil if it isn't one of them.
    func find(_ name: Span<UInt8>) -> Int? {
        var place = name.quickHash & mask
        while table[place] >= 0 {
            let position = Int(table[place])
            let known = names.span.extracting(ends[position]..<ends[position + 1])
            if known.hasSameBytes(as: name) { return position }
            place = (place + 1) & mask
        }
        return nil
    }
}
