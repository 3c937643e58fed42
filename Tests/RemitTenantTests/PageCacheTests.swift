import RemitDomain
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

@Suite struct PageCacheTests {
    private typealias Share = PageCacheShare

    /// Whether a share grows whose cache is as full as can be and misses as much as it must.
    private func grows(_ share: inout Share) -> Bool {
        share.look(
            bytes: share.kibibytes * 1_024, hits: Share.missesMin * (Share.wantedPerMiss - 1), misses: Share.missesMin)
    }

    @Test func aFullCacheThatMissesGrowsToTheLargestAndNoFurther() {
        let budget = PageCacheBudget(kibibytes: 1_000_000)
        var share = Share(of: budget)
        var sizes = [share.kibibytes]
        while grows(&share) { sizes.append(share.kibibytes) }
        #expect(sizes == [256, 1_024, 4_096, 16_384, 65_536])
        #expect(budget.freeKibibytes == 1_000_000 - (65_536 - 256))
    }

    @Test func aCacheWithRoomOrWithoutMissesStays() {
        var share = Share(of: PageCacheBudget())
        let bytes = share.kibibytes * 1_024
        let grown = [
            share.look(bytes: bytes / 2, hits: 0, misses: 1_000),
            share.look(bytes: bytes, hits: 0, misses: Share.missesMin - 1),
            // With those from before, it is enough to judge by: it hits most of the time.
            share.look(bytes: bytes, hits: 100_000, misses: 1),
            share.look(bytes: bytes, hits: 0, misses: Share.missesMin - 1),
            share.look(bytes: bytes, hits: 0, misses: 1),
        ]
        #expect(grown == [false, false, false, false, true])
    }

    @Test func theBudgetBoundsAllTogetherAndNoOnesFirstPart() {
        // A step for each of two, and nothing for a third.
        let budget = PageCacheBudget(kibibytes: 2 * (1_024 - 256))
        var first = Share(of: budget)
        var second = Share(of: budget)
        var third = Share(of: budget)
        #expect([grows(&first), grows(&first), grows(&second), grows(&third)] == [true, false, true, false])
        #expect(budget.freeKibibytes == 0)
        #expect(budget.takenKibibytes == budget.limitKibibytes)
        #expect([first.kibibytes, second.kibibytes, third.kibibytes] == [1_024, 1_024, 256])
        #expect([first.shrink(), first.shrink(), grows(&third)] == [true, false, true])
    }

    @Test func whoGoesGivesBack() {
        let budget = PageCacheBudget(kibibytes: 10_000)
        var free: [Int] = []
        do {
            var share = Share(of: budget)
            while grows(&share) { free.append(budget.freeKibibytes) }
        }
        #expect(free == [10_000 - 768, 10_000 - 3_840])
        #expect(budget.freeKibibytes == 10_000)
        #expect(budget.takenKibibytes == 0)
    }

    @Test func theDefaultsAreThoseThatAreDocumented() {
        #expect(DirectorySettings().pageCacheKibibytesMax == 1_024 * 1_024)
        #expect(DirectorySettings().restMilliseconds == 10_000)
    }

    @Test func aTenantThatReadsMuchGetsMoreAndGivesItBackWhenItRests() throws {
        let rig = try TenantRig(inMemory: true)
        defer { rig.close() }
        let ids = (0..<1_000).map { "payment_\($0)" }
        try rig.database.transaction { rows throws(StorageError) in
            for id in ids {
                var payment = Fixture.payment(id)
                payment.description = String(repeating: "x", count: 500)
                try rows.insert(payment)
            }
        }
        let first = rig.core.pageCacheKibibytes
        #expect(first == PageCacheShare.firstKibibytes)
        for _ in 0..<10 where rig.core.pageCacheKibibytes == first {
            for id in ids { #expect(rig.read(.payment(.id(PaymentID(id)))).message != nil) }
        }
        #expect(rig.core.pageCacheKibibytes > first)
        #expect(rig.database.connection.memory.cache > first * 1_024)
        try rig.core.rest()
        #expect(rig.core.pageCacheKibibytes == first)
        #expect(rig.database.connection.memory.cache < 10_000)
        #expect(rig.read(.payment(.id(PaymentID(ids[7])))).message != nil)
    }
}
