/// Rows of one kind, found by id and listed in the order of their creation.
struct Table<Row: Sendable>: Sendable {
    private(set) var order: [String] = []
    private var rows: [String: Row] = [:]

    subscript(id: String) -> Row? { rows[id] }

    mutating func insert(_ row: Row, id: String) {
        precondition(rows.updateValue(row, forKey: id) == nil, "An id was given twice.")
        order.append(id)
    }

    mutating func update(_ row: Row, id: String) {
        precondition(rows.updateValue(row, forKey: id) != nil, "A row that isn't there can't be updated.")
    }

    /// All rows, oldest first.
    var all: [Row] { order.compactMap { rows[$0] } }

    /// Forgets the oldest rows beyond `count`.
    mutating func keepNewest(_ count: Int) {
        // In bulk, so that the cost of moving the rest is spread over many insertions.
        guard order.count > count + count / 4 else { return }
        for id in order.prefix(order.count - count) { rows[id] = nil }
        order.removeFirst(order.count - count)
    }
}
