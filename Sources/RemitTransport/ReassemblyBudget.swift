import Synchronization

/// Bytes of incomplete messages in the whole process.
final class ReassemblyBudget: Sendable {
    private let used = Atomic<Int>(0)
    private let sizeMax: Int

    init(sizeMax: Int) { self.sizeMax = sizeMax }

    /// Takes `count` bytes; false if there is no room.
    func reserve(_ count: Int) -> Bool {
        if used.add(count, ordering: .relaxed).newValue <= sizeMax { return true }
        used.subtract(count, ordering: .relaxed)
        return false
    }

    func release(_ count: Int) { used.subtract(count, ordering: .relaxed) }
}
