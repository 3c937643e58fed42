internal import Synchronization

/// Bounds how many descriptors of WALs and wal-indexes connections keep: above it, the longest unused are parked.
///
/// A connection that is lent its descriptors has one, the wal-index's; the WAL's comes with the first write, or the first
/// read of what was written lately, and stays until the connection is parked.
///
/// A parked connection keeps its database's descriptor alone, and with it the lock that keeps its WAL in place; the
/// others come again by themselves with its next transaction, in a hundredth of an opening's time. An unused one is
/// found by a clock's hand: what was used since the hand passed stays for another round. Using a connection that isn't
/// parked takes no lock.
package final class DescriptorPool: Sendable {
    /// What operators see.
    package struct Readings: Hashable, Sendable {
        /// Connections that have their descriptors.
        package var lent = 0
        /// Connections whose descriptors were given back.
        package var parked = 0
        /// Descriptors that are lent.
        package var descriptors = 0
    }

    private struct Ring {
        var leases: [DescriptorLease] = []
        var hand = 0
        /// Connections that have joined, parked or not.
        var joined = 0
        /// Descriptors of all those leases.
        var descriptors = 0
        /// Descriptors that others use now of those that might be lent.
        var reserved = 0
    }

    /// How many are parked when the system has no descriptor left, so that the next ones find some.
    static let parkedAtOnce = 16

    /// Descriptors that are lent at most, when those that are at work have no more than that.
    package let lentMax: Int
    /// Descriptors that may be lent however many are reserved.
    package let lentMin: Int
    private let ring = Mutex(Ring())

    package init(lentMax: Int, lentMin: Int = 1) {
        precondition(lentMin > 0 && lentMax >= lentMin, "At least one descriptor is lent.")
        self.lentMax = lentMax
        self.lentMin = lentMin
    }

    package var readings: Readings {
        ring.withLock {
            Readings(lent: $0.leases.count, parked: $0.joined - $0.leases.count, descriptors: $0.descriptors)
        }
    }

    /// A connection that has its descriptors becomes subject to the bound.
    func join(_ lease: DescriptorLease) {
        ring.withLock { $0.joined += 1 }
        lend(lease)
    }

    /// A connection is closed.
    func leave(_ lease: DescriptorLease) {
        ring.withLock { ring in
            ring.joined -= 1
            Self.remove(lease, from: &ring)
        }
    }

    /// A connection that was parked is about to open its descriptors again: others are parked for it.
    func lend(_ lease: DescriptorLease) {
        // What is parked goes, and so is closed, outside of the lock.
        _ = ring.withLock { ring in
            lease.place = ring.leases.count
            ring.leases.append(lease)
            return add(lease, to: &ring)
        }
    }

    /// A connection at work has opened its WAL too.
    func lendLog(_ lease: DescriptorLease) {
        _ = ring.withLock { ring in lease.place == nil ? [] : add(lease, to: &ring) }
    }

    /// Counts one descriptor more; returns what is to be closed for it.
    private func add(_ lease: DescriptorLease, to ring: inout Ring) -> [LentDescriptors] {
        lease.count += 1
        ring.descriptors += 1
        return Self.park(downTo: bound(ring), in: &ring)
    }

    private func bound(_ ring: borrowing Ring) -> Int { max(lentMin, lentMax - ring.reserved) }

    /// Others have taken so many more descriptors of the same number, such as clients' connections; negative: given back.
    ///
    /// So many fewer are lent: connections are parked for them before this returns.
    package func reserve(_ change: Int) {
        _ = ring.withLock { ring in
            ring.reserved += change
            return Self.park(downTo: bound(ring), in: &ring)
        }
    }

    /// A connection couldn't open its descriptors and is parked again.
    func giveBack(_ lease: DescriptorLease) {
        ring.withLock { Self.remove(lease, from: &$0) }
    }

    /// Parks some now, because the system has no descriptors left; false: there was none to park.
    func park(atMost count: Int) -> Bool {
        !ring.withLock { Self.park(downTo: max(0, $0.descriptors - count), in: &$0) }.isEmpty
    }

    /// Two rounds at most: the first may find all used.
    private static func park(downTo lentMax: Int, in ring: inout Ring) -> [LentDescriptors] {
        guard ring.descriptors > lentMax else { return [] }
        var parked: [LentDescriptors] = []
        var looks = 2 * ring.leases.count
        while ring.descriptors > lentMax, looks > 0, !ring.leases.isEmpty {
            looks -= 1
            if ring.hand >= ring.leases.count { ring.hand = 0 }
            let lease = ring.leases[ring.hand]
            switch lease.look() {
            case .held, .used: ring.hand += 1
            case .parked(let descriptors):
                parked.append(descriptors)
                remove(lease, from: &ring)
            }
        }
        return parked
    }

    /// The last one takes its place.
    private static func remove(_ lease: DescriptorLease, from ring: inout Ring) {
        guard let place = lease.place else { return }
        lease.place = nil
        ring.descriptors -= lease.count
        lease.count = 0
        let last = ring.leases.removeLast()
        guard last !== lease else { return }
        ring.leases[place] = last
        last.place = place
    }
}
