import RemitDomain
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

@Suite struct PageCacheTests {
    private typealias Share = PageCacheShare

    /// Looks at a full cache that missed `missed` of the pages that were wanted; whether its size is another then.
    private func changes(_ share: inout Share, missed: Double) -> Bool {
        let wanted = Int(Double(Share.missesMin) / missed)
        return share.look(
            bytes: share.kibibytes * 1_024, hits: wanted - Share.missesMin, misses: Share.missesMin)
    }

    /// Whether a share grows, where each step takes away more than half of the misses.
    private func grows(_ share: inout Share) -> Bool {
        let missed = [256: 0.9, 1_024: 0.4, 4_096: 0.17, 16_384: 0.07]
        return changes(&share, missed: missed[share.kibibytes] ?? 0.03)
    }

    @Test func aFullCacheThatMissesGrowsToTheLargestAndNoFurther() {
        let budget = PageCacheBudget(kibibytes: 1_000_000)
        var share = Share(of: budget)
        var sizes = [share.kibibytes]
        while grows(&share) { sizes.append(share.kibibytes) }
        #expect(sizes == [256, 1_024, 4_096, 16_384, 65_536])
        #expect(budget.freeKibibytes == 1_000_000 - (65_536 - 256))
    }

    @Test func aCacheGoesBackToTheSmallestSizeThatMissesAtMostTwiceAsOften() {
        let budget = PageCacheBudget(kibibytes: 1_000_000)
        var share = Share(of: budget)
        var sizes: [Int] = []
        for missed in [0.49, 0.46, 0.39, 0.28, 0.21] {
            _ = changes(&share, missed: missed)
            sizes.append(share.kibibytes)
        }
        #expect(sizes == [1_024, 4_096, 16_384, 65_536, 4_096])
        #expect(budget.freeKibibytes == 1_000_000 - (4_096 - 256))
    }

    @Test func aCacheThatWentBackStaysUntilManyPagesWereWanted() {
        var share = Share(of: PageCacheBudget())
        for _ in 0..<5 { _ = changes(&share, missed: 0.25) }
        #expect(share.kibibytes == 256)
        let tries = [
            changes(&share, missed: 0.25),
            share.look(bytes: 256 * 1_024, hits: Share.wantedPerTrial - 2 * Share.missesMin * 4, misses: 0),
            changes(&share, missed: 0.25),
            changes(&share, missed: 0.25),
            changes(&share, missed: 0.25),
        ]
        #expect(tries == [false, false, false, true, true])
        #expect(share.kibibytes == 4_096)
    }

    @Test func aCacheThatWentBackTriesAgainAfterARest() {
        var share = Share(of: PageCacheBudget())
        for missed in [0.49, 0.46, 0.39, 0.28, 0.21] { _ = changes(&share, missed: missed) }
        #expect(share.kibibytes == 4_096)
        let changed = [share.shrink(), changes(&share, missed: 0.25)]
        #expect(changed == [true, true])
        #expect(share.kibibytes == 1_024)
    }

    @Test func whatACacheMissesWhileItFillsSaysNothing() {
        var share = Share(of: PageCacheBudget())
        let bytes = share.kibibytes * 1_024
        let changed = [
            share.look(bytes: bytes / 2, hits: 0, misses: Share.missesMin - 1),
            share.look(bytes: bytes, hits: 0, misses: 1),
        ]
        #expect(changed == [false, false])
    }

    @Test func aCacheWithRoomOrWithoutMissesStays() {
        var share = Share(of: PageCacheBudget())
        let bytes = share.kibibytes * 1_024
        let grown = [
            share.look(bytes: bytes / 2, hits: 0, misses: 10_000),
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
