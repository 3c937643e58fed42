import RemitRPC
import Synchronization

/// The generation at which each identity is valid, read without a lock.
final class ValidityTable: Sendable {
    /// 0 where the key is revoked: generations begin at 1.
    private let generations = AppendOnlyTable<Atomic<UInt32>>()

    /// Appends a valid identity; its caller holds the lock of the table that it belongs to.
    func append(generation: UInt32) -> UInt32 { generations.append(Atomic(generation)) }

    /// Changes at which generation the identity at `place` is valid; nil: at none.
    func set(_ generation: UInt32?, at place: UInt32) {
        generations.withElement(at: place) { $0.store(generation ?? 0, ordering: .releasing) }
    }

    func isValid(_ identity: Identity) -> Bool {
        guard identity.generation != 0 else { return false }
        return generations.withElement(at: identity.index) { $0.load(ordering: .acquiring) == identity.generation }
            ?? false
    }
}
