/// Calls that reach one tenant together: those of one read of a connection.
package struct CallBatch: Sendable {
    private var others: [Mail] = []
    private var gets: PaymentGets?

    package init() {}

    package var count: Int { others.count + (gets?.count ?? 0) }

    package mutating func append(_ call: VerbCall, from caller: Caller) {
        others.append(.entry(.verb(call, caller)))
    }

    package mutating func append(_ read: ReadCall, from caller: Caller) {
        others.append(.entry(.read(read, caller)))
    }

    /// Adds a get; all gets of a batch are by callers of one desk.
    package mutating func get(
        _ field: PaymentGets.Field, _ key: Span<UInt8>, slot: UInt32, generation: UInt32, of desk: any CallerDesk,
        capacity: Int = 1
    ) {
        if gets == nil { gets = PaymentGets(desk: desk, capacity: capacity) }
        gets?.append(field, key, slot: slot, generation: generation)
    }

    /// All calls but the gets, in their order, then the gets: a turn answers reads after what it writes.
    var mail: [Mail] {
        guard let gets else { return others }
        return others + [.gets(gets)]
    }
}
