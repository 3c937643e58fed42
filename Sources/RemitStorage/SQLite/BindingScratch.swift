import Synchronization

/// Where the texts and bytes that a transaction's statements bind lie until they are bound anew.
///
/// SQLite, asked to keep them itself, would allocate for each. It belongs to one connection from a write transaction's
/// begin to its end, and is then another's: as many are kept as transactions were ever open at the same time.
// @unchecked: its memory belongs to the one connection that has taken it.
final class BindingScratch: @unchecked Sendable {
    /// A payment's row with its message takes 1 KiB; what doesn't fit any more is copied by SQLite.
    static let bytesMax = 16 * 1_024

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 16)
    private var used = 0
    /// Statements whose values lie here.
    private var users = 0

    private static let spare = Mutex<[BindingScratch]>([])

    static func take() -> BindingScratch {
        spare.withLock { $0.popLast() } ?? BindingScratch()
    }

    /// Returns one for others to take; one that a statement still uses isn't kept.
    static func giveBack(_ scratch: BindingScratch) {
        guard scratch.users == 0 else { return }
        spare.withLock { $0.append(scratch) }
    }

    /// Notes that a statement begins to put values here.
    func enter() {
        users += 1
    }

    /// Notes that a statement was reset; without any, all memory is free again.
    func leave() {
        users -= 1
        if users == 0 { used = 0 }
    }

    /// Copies bytes to where they stay until ``leave()``; nil where there is no room.
    func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard bytes.count <= memory.count - used, let start = memory.baseAddress else { return nil }
        let place = start + used
        if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        used += bytes.count
        return UnsafeRawPointer(place)
    }

    deinit { memory.deallocate() }
}
