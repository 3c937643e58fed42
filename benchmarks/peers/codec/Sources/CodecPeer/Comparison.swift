/// One kind of work, done by both sides in turns.
struct Comparison {
    /// How Remit does it.
    enum Way: String {
        /// From or to a message.
        case message = ""
        /// Through a view, which reads the bytes where they lie.
        case view
        /// From payments' bytes as they are stored.
        case stored

        /// The side's name among the figures.
        var side: String { self == .message ? "remit" : "view" }
    }

    let name: String
    let way: Way
    /// Nanoseconds per call, of each round.
    private(set) var remit: [Double] = []
    private(set) var swiftProtobuf: [Double] = []

    init(_ name: String, of way: Way) {
        self.name = name
        self.way = way
    }

    /// For a table.
    var title: String { [name, way.rawValue].filter { !$0.isEmpty }.joined(separator: ", ") }

    mutating func add(remit ours: Double, swiftProtobuf theirs: Double) {
        remit.append(ours)
        swiftProtobuf.append(theirs)
    }

    /// How many times longer swift-protobuf takes: one ratio for each round.
    var ratio: Spread { Spread(zip(swiftProtobuf, remit).map { $0 / $1 }) }
}

/// The middle of some figures, and how far they lie apart.
struct Spread {
    let median: Double
    let low: Double
    let high: Double

    init(_ figures: [Double]) {
        precondition(!figures.isEmpty, "A spread needs figures.")
        let sorted = figures.sorted()
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        low = sorted[0]
        high = sorted[sorted.count - 1]
    }
}
