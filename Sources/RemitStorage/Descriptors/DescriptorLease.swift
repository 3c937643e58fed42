internal import Synchronization

/// One connection's right to its ``LentDescriptors``: the connection holds them while it works, and the pool may park
/// them, which closes them, at any other time and from any thread.
///
/// Nobody waits here: whoever takes the descriptors out has them, and the other finds the lease parked.
// @unchecked: `held` belongs to the connection's thread, `place` and `count` are guarded by the pool's lock, the rest is
// atomic.
final class DescriptorLease: @unchecked Sendable {
    /// What the pool found.
    enum Finding {
        /// The connection is at work.
        case held
        /// Unused since the pool looked last, or not: now it counts as unused.
        case used
        /// The descriptors are the pool's, to be closed.
        case parked(LentDescriptors)
    }

    private static let parked: UInt = 0
    private static let atWork: UInt = 1
    /// Beside the address of descriptors that nobody holds: they were held since the pool looked last.
    private static let wasUsed: UInt = 1

    /// `parked`, `atWork`, or the address of descriptors that nobody holds, with or without `wasUsed`.
    private let state = Atomic<UInt>(DescriptorLease.atWork)
    /// The descriptors while the connection holds them.
    private(set) var held: LentDescriptors? = LentDescriptors()
    /// Where the pool has it among those that are not parked; nil: nowhere.
    var place: Int?
    /// How many descriptors the pool counts for it.
    var count = 0

    /// Takes the descriptors, or finds that they were parked: then ``renew()`` them.
    func take() -> Bool {
        precondition(held == nil, "Descriptors were taken that are held.")
        let found = state.exchange(Self.atWork, ordering: .acquiring)
        guard found != Self.parked else { return false }
        held = Self.descriptors(found & ~Self.wasUsed).takeRetainedValue()
        return true
    }

    /// Begins with new descriptors, none of which is open yet.
    func renew() -> LentDescriptors {
        precondition(held == nil, "Descriptors were renewed that are held.")
        let descriptors = LentDescriptors()
        held = descriptors
        return descriptors
    }

    /// From now on the pool may park them.
    func release() {
        guard let held else { return }
        self.held = nil
        let address = UInt(bitPattern: Unmanaged.passRetained(held).toOpaque())
        state.store(address | Self.wasUsed, ordering: .releasing)
    }

    /// Closes what is held; the lease is as one that was parked.
    func drop() {
        held = nil
        state.store(Self.parked, ordering: .releasing)
    }

    /// Runs `body` while the pool can't park them, without taking them out; nil, and not run: they are parked.
    func unlessParked<R>(_ body: () -> R) -> R? {
        guard held == nil else { return body() }
        let found = state.exchange(Self.atWork, ordering: .acquiring)
        guard found != Self.parked else {
            state.store(found, ordering: .releasing)
            return nil
        }
        defer { state.store(found | Self.wasUsed, ordering: .releasing) }
        return body()
    }

    /// The pool's look: descriptors that were used since the last one stay, others become the pool's.
    func look() -> Finding {
        let found = state.load(ordering: .relaxed)
        guard found != Self.atWork, found != Self.parked else { return .held }
        let address = found & ~Self.wasUsed
        let keeps = found != address
        let (done, _) = state.compareExchange(
            expected: found, desired: keeps ? address : Self.parked, ordering: .acquiringAndReleasing)
        guard done else { return .held }
        return keeps ? .used : .parked(Self.descriptors(address).takeRetainedValue())
    }

    private static func descriptors(_ address: UInt) -> Unmanaged<LentDescriptors> {
        guard let pointer = UnsafeRawPointer(bitPattern: address) else {
            preconditionFailure("A lease lost its descriptors.")
        }
        return .fromOpaque(pointer)
    }

    deinit {
        let found = state.load(ordering: .acquiring)
        if found != Self.atWork, found != Self.parked {
            Self.descriptors(found & ~Self.wasUsed).release()
        }
    }
}
