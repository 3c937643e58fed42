import Foundation
import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTesting
import Synchronization
import Testing

@testable import RemitTenant

@Suite(.timeLimit(.minutes(1))) struct DirectoryTests {
    typealias Bench = DirectoryBench

    /// Calls until it isn't refused for want of room: what a client does with `not_processed`.
    private func insist(
        _ verb: ProcessPayment, key: String, on directory: Bench.Directory, in tenant: TenantID
    ) async -> DeliveryResult {
        while true {
            let result = await Bench.call(verb, key: key, on: directory, in: tenant)
            guard result.refusal?.reason == "too_many_open_tenants" else { return result }
            await Task.yield()
        }
    }

    @Test func `a page that takes too long is given up, and its caller is told to ask for less`() async throws {
        let bench = try await Bench(tenants: 1, open: 1, pageMilliseconds: 0)
        let tenant = bench.tenants[0]
        for index in 0..<100 {
            let created = CreatePayment(amount: 100 + Int64(index))
            #expect(await Bench.call(created, key: "k\(index)", on: bench.directory, in: tenant).isEntity)
        }
        var query = EventQuery()
        query.limit = 100
        let large = await #expect(throws: PaymentError.self) { try await bench.directory.events(query, in: tenant) }
        #expect(large?.code == .resourceExhausted && large?.reason == "page_out_of_time" && large?.notProcessed == true)
        query.limit = 1
        let small = try await bench.directory.events(query, in: tenant)
        #expect(small.events.count == 1 && small.hasMore)
        await bench.close()
    }

    @Test func twoHundredTenantsInRoomForTwentyLoseNothing() async throws {
        let bench = try await Bench(tenants: 200, open: 20)
        let (directory, tenants) = (bench.directory, bench.tenants)
        let (data, calls) = (bench.data, 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Subscribers: each sees every sequence number of its tenant, in order.
            for tenant in tenants.prefix(10) {
                group.addTask {
                    var query = EventQuery()
                    var seen: [Int64] = []
                    while seen.count < calls * 2 {
                        let page: EventPage
                        do throws(PaymentError) {
                            page = try await directory.events(query, in: tenant)
                        } catch {
                            guard error.reason == "too_many_open_tenants" else { throw error }
                            await Task.yield()
                            continue
                        }
                        seen += page.events.map(\.sequence)
                        query.after = page.next
                        if !page.hasMore, seen.count < calls * 2 {
                            try await directory.waitForEvent(after: page.next.sequence, in: tenant)
                        }
                    }
                    #expect(seen == (1...Int64(seen.count)).map { $0 })
                }
            }
            for worker in 0..<8 {
                group.addTask {
                    for call in 0..<calls {
                        for tenant in tenants.enumerated().filter({ $0.offset % 8 == worker }).map(\.element) {
                            let result = await insist(
                                Bench.process("order-\(call)"), key: "k\(call)", on: directory, in: tenant)
                            #expect(result.isEntity, "\(result)")
                            let read = await Bench.read(.payment(.order("order-\(call)")), on: directory, in: tenant)
                            #expect(read.isEntity || read.refusal?.reason == "too_many_open_tenants", "\(read)")
                        }
                        // Up to 3 descriptors a writer, as many a reader connection.
                        #expect(Bench.descriptors(in: data) <= 20 * 3 + 8 * 3)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(bench.books.summary().paidCharges.count == 200 * calls)
        #expect(directory.readings.openTenants <= 20)
        await bench.close()
        #expect(Bench.descriptors(in: bench.data) == 0)
    }

    @Test func callsOfOneCallerReachATenantInTheirOrder() async throws {
        let bench = try await Bench(tenants: 3, open: 1)
        let directory = bench.directory
        for round in 0..<30 {
            let tenant = bench.tenants[round % 3]
            let write = WaitingCaller()
            let read = WaitingCaller()
            let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
            var create = CreatePayment(amount: 5)
            create.orderID = "o\(round)"
            directory.submit(VerbCall(create, by: requester), from: write.handle, to: tenant)
            directory.submit(.payment(.order("o\(round)")), from: read.handle, to: tenant)
            #expect(await write.result().isEntity)
            #expect(await read.result().isEntity)
        }
        await bench.close()
    }

    @Test func aTenantIsMarkedOpenByItsFirstWriteAndByNoRead() async throws {
        let bench = try await Bench(tenants: 2, open: 2)
        let (directory, tenant) = (bench.directory, bench.tenants[0])
        for tenant in bench.tenants {
            let read = await Bench.read(.payment(.order("order-1")), on: directory, in: tenant)
            #expect(read.refusal?.reason == "payment_not_found", "\(read)")
        }
        #expect(bench.control.markCommits == 0)
        var create = CreatePayment(amount: 5)
        create.orderID = "order-1"
        #expect(await Bench.call(create, key: "k", on: directory, in: tenant).isEntity)
        #expect(bench.control.markCommits == 1)
        #expect(await Bench.call(CreatePayment(amount: 5), key: "k2", on: directory, in: tenant).isEntity)
        #expect(bench.control.markCommits == 1)
        let control = bench.control
        await bench.close()
        // The one that has written is marked clean; the other's mark says so already.
        #expect(control.markCommits == 2)
    }

    /// What a crash at any moment would leave: whoever comes and goes, and however late clean marks are written.
    @Test func everyTenantThatHasWrittenAndIsOpenIsMarkedSoInTheFile() async throws {
        let bench = try await Bench(tenants: 4, open: 2)
        let random = SeededRandom(printedAs: "DirectoryTests.marks")
        let file = try ControlDatabase.open(path: bench.data.controlPath, seal: bench.seal)
        for round in 0..<120 {
            let tenant = random.pick(bench.tenants)
            if random.isOnce(in: 2) {
                _ = await Bench.read(.payment(.order("order-1")), on: bench.directory, in: random.pick(bench.tenants))
            }
            let result = await insist(
                Bench.process("order-\(round)"), key: "k\(round)", on: bench.directory, in: tenant)
            #expect(result.isEntity)
            let marked = try file.read { rows throws(StorageError) in try rows.marks() }
            #expect(marked.contains { $0.tenant == tenant && $0.isOpen }, "round \(round)")
            if random.isOnce(in: 3) {
                bench.clock.advance(milliseconds: ControlDesk.cleanDelayMilliseconds)
                bench.control.clockMoved()
            }
        }
        file.close()
        await bench.close()
        #expect(bench.control.tenantsToOpen(at: bench.clock.now()).isEmpty)
    }

    @Test func tenantsThatRestedServeOn() async throws {
        let bench = try await Bench(tenants: 3, open: 3)
        let directory = bench.directory
        for tenant in bench.tenants {
            var create = CreatePayment(amount: 5)
            create.orderID = "order-1"
            #expect(await Bench.call(create, key: "k", on: directory, in: tenant).isEntity)
        }
        for _ in 0..<3 {
            bench.clock.advance(milliseconds: DirectorySettings().restMilliseconds)
            directory.restIdle()
            for tenant in bench.tenants.dropLast() {
                #expect(await Bench.read(.payment(.order("order-1")), on: directory, in: tenant).isEntity)
            }
        }
        let last = bench.tenants[2]
        #expect(await Bench.read(.payment(.order("order-1")), on: directory, in: last).isEntity)
        #expect(await Bench.call(CreatePayment(amount: 5), key: "k2", on: directory, in: last).isEntity)
        await bench.close()
    }

    /// Gets of one connection, with slots from `first`.
    private func gets(_ count: UInt32, from first: UInt32, of desk: ManyCallsDesk) -> CallBatch {
        var batch = CallBatch()
        for slot in first..<first + count {
            batch.get(.order, "order-1".utf8Span.span, slot: slot, generation: 0, of: desk)
        }
        return batch
    }

    @Test func aWriteAmongManyGetsWaitsForNoneThatCameAfterIt() async throws {
        let bench = try await Bench(tenants: 1, open: 1)
        let (directory, tenant, desk) = (bench.directory, bench.tenants[0], bench.desk)
        #expect(await Bench.call(CreatePayment(amount: 5), key: "k", on: directory, in: tenant).isEntity)
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        // The file is closed: what comes while it opens is handed over together.
        try await bench.restart()
        for round: UInt32 in 0..<2 { bench.directory.submit(gets(128, from: round * 128, of: desk), to: tenant) }
        var write = CreatePayment(amount: 5)
        write.orderID = "order-1"
        bench.directory.submit(
            VerbCall(write, by: requester), from: Caller(desk: desk, slot: 1_000), to: tenant)
        for round: UInt32 in 2..<16 { bench.directory.submit(gets(128, from: round * 128, of: desk), to: tenant) }
        let turns = await desk.told(16 * 128 + 1)
        let all = turns.flatMap { $0 }
        #expect(Set(all.map(\.slot)) == Set(0..<2_048).union([1_000]))
        #expect(all.count == 2_049)
        #expect(turns.allSatisfy { $0.count <= 2 * 128 })
        let turnOfWrite = try #require(turns.firstIndex { $0.contains { $0.slot == 1_000 && $0.refusal == nil } })
        let before = turns[..<turnOfWrite].flatMap { $0 }
        #expect(before.allSatisfy { $0.slot < 256 }, "no later get is answered in an earlier turn")
        let later = turns[turnOfWrite...].flatMap { $0 }
        #expect(later.allSatisfy { $0.refusal == nil }, "every later get sees the write")
        await bench.close()
    }

    @Test func twoConnectionsGetTheirOwnAnswersFromOneTenant() async throws {
        let bench = try await Bench(tenants: 1, open: 1)
        let (directory, tenant) = (bench.directory, bench.tenants[0])
        var write = CreatePayment(amount: 5)
        write.orderID = "order-1"
        let other = WaitingCaller()
        directory.submit(gets(100, from: 0, of: bench.desk), to: tenant)
        var batch = CallBatch()
        batch.append(
            VerbCall(write, by: Requester(principal: Fixture.principal, key: nil, digests: [])), from: other.handle)
        directory.submit(batch, to: tenant)
        directory.submit(gets(100, from: 100, of: bench.desk), to: tenant)
        #expect(await other.result().isEntity)
        let all = await bench.desk.told(200).flatMap { $0 }
        #expect(all.map(\.slot).sorted() == (0..<200).map { $0 })
        #expect(all.filter { $0.slot >= 100 }.allSatisfy { $0.refusal == nil })
        await bench.close()
    }

    @Test func gatheredCallsThatADrainMeetsAreEachRefusedOnce() async throws {
        let bench = try await Bench(tenants: 3, open: 1)
        let (directory, busy, desk) = (bench.directory, bench.tenants[0], bench.desk)
        let gate = TestSignal<Void>()
        bench.watch.gate.withLock { $0 = gate }
        async let answer = Bench.call(Bench.process("order-1"), key: "k", on: directory, in: busy)
        await bench.watch.entered.next()
        // No room: the only open tenant is busy.
        directory.submit(gets(10, from: 0, of: desk), to: bench.tenants[1])
        let refused = await desk.told(10).flatMap { $0 }
        #expect(Set(refused.compactMap(\.refusal?.reason)) == ["too_many_open_tenants"])
        async let closed: Void = directory.close(within: .seconds(30))
        while await Bench.read(.payment(.order("o")), on: directory, in: bench.tenants[2]).refusal?.reason
            != "server_ending"
        {
            await Task.yield()
        }
        directory.submit(gets(10, from: 10, of: desk), to: bench.tenants[1])
        // The tenant that is open still takes what comes until it isn't busy any more.
        directory.submit(gets(10, from: 20, of: desk), to: busy)
        let all = await desk.told(20).flatMap { $0 }
        #expect(all.map(\.slot).sorted() == (0..<30).map { $0 })
        #expect(all.filter { (10..<20).contains($0.slot) }.allSatisfy { $0.refusal?.reason == "server_ending" })
        #expect(all.filter { $0.slot >= 20 }.allSatisfy { $0.refusal == nil })
        gate.send()
        #expect(await answer.isEntity)
        await closed
        await bench.control.close()
    }

    @Test func closingWaitsForTheProcessorAndRefusesWhatComes() async throws {
        let bench = try await Bench(tenants: 2, open: 2)
        let (directory, tenant, other) = (bench.directory, bench.tenants[0], bench.tenants[1])
        let gate = TestSignal<Void>()
        bench.watch.gate.withLock { $0 = gate }
        async let answer = Bench.call(Bench.process("o"), key: "k", on: directory, in: tenant)
        await bench.watch.entered.next()
        async let closed: Void = directory.close(within: .seconds(30))
        // The close has begun when another tenant is refused.
        while await Bench.read(.payment(.order("o")), on: directory, in: other).refusal?.reason != "server_ending" {
            await Task.yield()
        }
        #expect(directory.readings.openTenants == 1)
        gate.send()
        #expect(await answer.isEntity)
        await closed
        #expect(!directory.hasAbandoned)
        #expect(Bench.descriptors(in: bench.data) == 0)
        await bench.control.close()
    }

    @Test func aTenantThatNobodyCallsIsFinishedAfterARestart() async throws {
        let bench = try await Bench(tenants: 1, open: 1)
        let tenant = bench.tenants[0]
        let gate = TestSignal<Void>()
        bench.watch.gate.withLock { $0 = gate }
        let caller = WaitingCaller()
        let requester = Requester(principal: Fixture.principal, key: "k", digests: [])
        bench.directory.submit(VerbCall(Bench.process("o"), by: requester), from: caller.handle, to: tenant)
        await bench.watch.entered.next()
        // The process ends while the call is at the processor.
        let ended = bench.directory
        try await bench.restart(within: .zero)
        // Nobody else may have its files before the process is gone.
        #expect(ended.hasAbandoned)
        bench.watch.gate.withLock { $0 = nil }
        gate.send()
        #expect(bench.control.tenantsToOpen(at: bench.clock.now()) == [tenant])
        bench.directory.start()
        // Two events: made at the start of the operation, and captured by the completer, with no call in between.
        // Two minutes are more than the completer needs once the tenant is open, which takes its own time: after them
        // the clock goes on so slowly that the key doesn't become too old to send.
        var looks = 0
        while try await captured(bench, tenant) == false {
            if looks < 120 || looks.isMultiple(of: 1_000) { bench.clock.advance(milliseconds: 1_000) }
            looks += 1
            bench.directory.clockMoved()
            await Task.yield()
        }
        #expect(bench.books.summary().paidCharges.count == 1)
        await bench.close()
        #expect(bench.control.tenantsToOpen(at: Timestamp(milliseconds: .max)).isEmpty)
    }

    /// Looks at the books and the gauges, which call nobody.
    private func captured(_ bench: Bench, _ tenant: TenantID) async throws -> Bool {
        let readings = bench.directory.readings
        return bench.books.summary().paidCharges.count == 1 && readings.openTenants == 1
            && readings.oldestUnknown == nil && readings.commits > 0
    }

    @Test func aBrokenFileIsRefusedAndOthersLiveOn() async throws {
        let bench = try await Bench(tenants: 3, open: 3)
        let (directory, tenants) = (bench.directory, bench.tenants)
        try FileManager.default.removeItem(atPath: bench.data.tenantPath(tenants[0]))
        // Without its write-ahead log, which holds the whole of so young a file.
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: bench.data.tenantPath(tenants[1]) + suffix)
        }
        try Data("this is no database, and long enough to be looked at as one".utf8)
            .write(to: URL(fileURLWithPath: bench.data.tenantPath(tenants[1])))
        for broken in tenants.prefix(2) {
            for key in ["a", "b"] {
                let result = await Bench.call(Bench.process("o"), key: key, on: directory, in: broken)
                #expect(result.refusal?.reason == "storage_unavailable")
                #expect(result.refusal?.notProcessed == true)
            }
            let page = await #expect(throws: PaymentError.self) { try await directory.events(EventQuery(), in: broken) }
            #expect(page?.reason == "storage_unavailable")
        }
        #expect(await Bench.call(Bench.process("o"), key: "k", on: directory, in: tenants[2]).isEntity)
        await bench.close()
    }

    @Test func callsToTheProcessorDontRunOnAStorageThread() async throws {
        let bench = try await Bench(tenants: 1, open: 1)
        #expect(await Bench.call(Bench.process("o"), key: "k", on: bench.directory, in: bench.tenants[0]).isEntity)
        let sends = bench.watch.names.withLock { $0 }
        #expect(!sends.isEmpty)
        #expect(sends.isDisjoint(with: bench.directory.threadHandles))
        await bench.close()
    }

    @Test func aSubscriberIsToldWhyItsWaitIsOver() async throws {
        let bench = try await Bench(tenants: 1, open: 1)
        let (directory, tenant) = (bench.directory, bench.tenants[0])
        // The wait is what is tested: it is ended from outside, and its end is awaited below.
        let canceled = Task { try await directory.waitForEvent(after: 0, in: tenant) }
        canceled.cancel()
        await #expect(throws: CancellationError.self) { try await canceled.value }
        await bench.close()
        let ended = await #expect(throws: PaymentError.self) { try await directory.waitForEvent(after: 9, in: tenant) }
        #expect(ended?.reason == "server_ending")
        let page = await #expect(throws: PaymentError.self) { try await directory.events(EventQuery(), in: tenant) }
        #expect(page?.reason == "server_ending")
    }
}
