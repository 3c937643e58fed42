internal import Synchronization

/// Bounds how many connections keep their WAL's and wal-index's descriptors: above it, the longest unused are parked.
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
    }

    private struct Ring {
        var leases: [DescriptorLease] = []
        var hand = 0
        /// Connections that have joined, parked or not.
        var joined = 0
    }

    /// How many are parked when the system has no descriptor left, so that the next ones find some.
    static let parkedAtOnce = 16

    /// Connections that have their descriptors at most, when no more than that are at work.
    package let lentMax: Int
    private let ring = Mutex(Ring())

    package init(lentMax: Int) {
        precondition(lentMax > 0, "At least one connection has its descriptors.")
        self.lentMax = lentMax
    }

    package var readings: Readings {
        ring.withLock { Readings(lent: $0.leases.count, parked: $0.joined - $0.leases.count) }
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
            return ring.leases.count > lentMax ? Self.park(ring.leases.count - lentMax, in: &ring) : []
        }
    }

    /// A connection couldn't open its descriptors and is parked again.
    func giveBack(_ lease: DescriptorLease) {
        ring.withLock { Self.remove(lease, from: &$0) }
    }

    /// Parks some now, because the system has no descriptors left; false: there was none to park.
    func park(atMost count: Int) -> Bool {
        !ring.withLock { Self.park(count, in: &$0) }.isEmpty
    }

    /// Two rounds at most: the first may find all used.
    private static func park(_ count: Int, in ring: inout Ring) -> [LentDescriptors] {
        var parked: [LentDescriptors] = []
        var looks = 2 * ring.leases.count
        while parked.count < count, looks > 0, !ring.leases.isEmpty {
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
        let last = ring.leases.removeLast()
        guard last !== lease else { return }
        ring.leases[place] = last
        last.place = place
    }
}
