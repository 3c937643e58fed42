import Foundation
import RemitTesting
import Synchronization
import Testing

@testable import RemitStorage

struct DescriptorPoolTests {
    private final class Turn: Sendable {
        let count = Mutex(0)
    }

    private func joined(_ count: Int, _ pool: DescriptorPool) -> [DescriptorLease] {
        (0..<count).map { _ in
            let lease = DescriptorLease()
            pool.join(lease)
            lease.release()
            return lease
        }
    }

    private func use(_ lease: DescriptorLease, _ pool: DescriptorPool) -> Bool {
        let wasThere = lease.take()
        if !wasThere {
            _ = lease.renew()
            pool.lend(lease)
        }
        lease.release()
        return wasThere
    }

    @Test("no more connections than the bound have their descriptors")
    func bound() {
        let pool = DescriptorPool(lentMax: 3)
        let leases = joined(10, pool)
        #expect(pool.readings == .init(lent: 3, parked: 7, descriptors: 3))
        for lease in leases { _ = use(lease, pool) }
        #expect(pool.readings == .init(lent: 3, parked: 7, descriptors: 3))
        for lease in leases { pool.leave(lease) }
        #expect(pool.readings == .init(lent: 0, parked: 0, descriptors: 0))
    }

    @Test("what is used between two rounds of the hand stays, what isn't is parked")
    func secondChance() {
        let pool = DescriptorPool(lentMax: 4)
        let hot = joined(2, pool)
        var parked = 0
        for _ in 0..<50 {
            _ = joined(1, pool)
            parked += hot.count { !use($0, pool) }
        }
        // At first all count as used, and the hand takes whom it meets first.
        #expect(parked <= 2)
    }

    @Test("who opens its WAL takes a descriptor more, for which another is parked, and gives both back")
    func logs() {
        let pool = DescriptorPool(lentMax: 4)
        let leases = joined(4, pool)
        #expect(leases[3].take())
        pool.lendLog(leases[3])
        #expect(pool.readings == .init(lent: 3, parked: 1, descriptors: 4))
        #expect(leases[2].take())
        pool.lendLog(leases[2])
        #expect(pool.readings == .init(lent: 2, parked: 2, descriptors: 4))
        leases[2].release()
        leases[3].release()
        #expect(pool.park(atMost: 1))
        #expect(pool.readings.descriptors == 2)
        for lease in leases { pool.leave(lease) }
        #expect(pool.readings == .init(lent: 0, parked: 0, descriptors: 0))
    }

    @Test("what others reserve isn't lent, down to the least, and is lent again when they give it back")
    func reserves() {
        let pool = DescriptorPool(lentMax: 6, lentMin: 2)
        let leases = joined(8, pool)
        #expect(pool.readings == .init(lent: 6, parked: 2, descriptors: 6))
        pool.reserve(3)
        #expect(pool.readings == .init(lent: 3, parked: 5, descriptors: 3))
        for lease in leases { _ = use(lease, pool) }
        #expect(pool.readings.descriptors == 3)
        pool.reserve(100)
        #expect(pool.readings.descriptors == 2)
        pool.reserve(-102)
        for lease in leases { _ = use(lease, pool) }
        #expect(pool.readings == .init(lent: 5, parked: 3, descriptors: 5))
    }

    @Test("connections at work keep theirs, whatever the bound")
    func atWork() {
        let pool = DescriptorPool(lentMax: 2)
        let leases = (0..<5).map { _ in DescriptorLease() }
        for lease in leases { pool.join(lease) }
        #expect(pool.readings == .init(lent: 5, parked: 0, descriptors: 5))
        #expect(leases.allSatisfy { $0.held != nil })
        for lease in leases { lease.release() }
        #expect(pool.park(atMost: 2))
        #expect(pool.readings == .init(lent: 3, parked: 2, descriptors: 3))
        #expect(pool.park(atMost: 100))
        #expect(!pool.park(atMost: 1))
    }

    @Test("threads at work each have their descriptors to themselves, and the bound holds in the end")
    func threads() {
        let pool = DescriptorPool(lentMax: 8)
        let leases = joined(40, pool)
        let seeds = SeededRandom(printedAs: "DescriptorPoolTests")
        let turns = leases.map { _ in Turn() }
        let randoms = (0..<6).map { _ in seeds.fork() }
        DispatchQueue.concurrentPerform(iterations: 6) { thread in
            for _ in 0..<2_000 {
                let number = randoms[thread].number(in: 0...39)
                // A connection belongs to one thread at a time; the pool comes from any.
                turns[number].count.withLock { count in
                    count += 1
                    let lease = leases[number]
                    if !lease.take() {
                        let descriptors = lease.renew()
                        pool.lend(lease)
                        descriptors.index = -1 - Int32(number)
                    }
                    #expect(lease.held != nil)
                    lease.release()
                }
            }
        }
        #expect(turns.reduce(0) { $0 + $1.count.withLock { $0 } } == 12_000)
        #expect(pool.readings.lent <= 8)
        #expect(pool.readings.lent + pool.readings.parked == 40)
    }
}
