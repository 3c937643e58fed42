import RemitDomain

/// Gets of payments by callers of one desk, handed over together; their keys lie in one buffer.
///
/// The shortest way of a call: no string, no box, nothing that is allocated per call.
package struct PaymentGets: Sendable {
    /// What a key is.
    package enum Field: Sendable {
        case id, order, stripe

        /// As requests name it.
        var name: String {
            switch self {
            case .id: "id"
            case .order: "order_id"
            case .stripe: "stripe_payment_id"
            }
        }
    }

    /// One call.
    struct Get: Sendable {
        let slot: UInt32
        let generation: UInt32
        let keyStart: UInt32
        let keyEnd: UInt32
        let field: Field
    }

    let desk: any CallerDesk
    private(set) var keys: [UInt8] = []
    private(set) var gets: [Get] = []

    /// No gets yet, with room for so many.
    package init(desk: any CallerDesk, capacity: Int = 1) {
        self.desk = desk
        gets.reserveCapacity(capacity)
        keys.reserveCapacity(capacity * Self.idBytes)
    }

    package var count: Int { gets.count }

    /// Adds the call in `slot`: it wants the payment whose `field` is `key`, in UTF-8.
    package mutating func append(_ field: Field, _ key: Span<UInt8>, slot: UInt32, generation: UInt32) {
        let start = UInt32(keys.count)
        key.withUnsafeBufferPointer { keys.append(contentsOf: $0) }
        gets.append(
            Get(slot: slot, generation: generation, keyStart: start, keyEnd: UInt32(keys.count), field: field))
    }

    /// An id of ours: type, underscore, 26 characters.
    private static var idBytes: Int { 34 }
}
