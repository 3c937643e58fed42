import RemitRPC
import Synchronization

/// The generation at which each identity is valid, read without a lock.
final class ValidityTable: Sendable {
    private final class Entry: Sendable {
        /// 0 where the key is revoked: generations begin at 1.
        let generation: Atomic<UInt32>

        init(_ generation: UInt32) { self.generation = Atomic(generation) }
    }

    private let entries = AppendOnlyTable<Entry>()

    /// Appends a valid identity; its caller holds the lock of the table that it belongs to.
    func append(generation: UInt32) -> UInt32 { entries.append(Entry(generation)) }

    /// Changes at which generation the identity at `place` is valid; nil: at none.
    func set(_ generation: UInt32?, at place: UInt32) {
        _ = entries.withElement(at: place) { $0.generation.store(generation ?? 0, ordering: .releasing) }
    }

    func isValid(_ identity: Identity) -> Bool {
        guard identity.generation != 0 else { return false }
        return entries.withElement(at: identity.index) {
            $0.generation.load(ordering: .acquiring) == identity.generation
        } ?? false
    }
}
