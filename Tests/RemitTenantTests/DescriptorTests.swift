import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// Tenants that share a process's descriptors.
@Suite(.timeLimit(.minutes(1))) struct DescriptorTests {
    private typealias Bench = DirectoryBench

    private static func create(_ order: String) -> CreatePayment {
        var create = CreatePayment(amount: 500)
        create.orderID = order
        return create
    }

    @Test func readersThatComeAndGoLeaveTheirTenantsNoDescriptors() async throws {
        let count = 40
        let bench = try await Bench(tenants: count, open: count)
        for round in 0..<2 {
            for tenant in bench.tenants {
                let created = await Bench.call(
                    Self.create("order-\(round)"), key: "k\(round)", on: bench.directory, in: tenant)
                #expect(created.isEntity)
                #expect(try await bench.directory.events(EventQuery(), in: tenant).events.count == round + 1)
            }
        }
        // One for each tenant, 3 for each of 8 readers at most, 2 for the one connection that isn't parked; those that
        // are dropped are so in turns that nobody waits for.
        while Bench.descriptors(in: bench.data) > count + 8 * 3 + 2 {
            try Task.checkCancellation()
            await Task.yield()
        }
        #expect(bench.directory.readings.openTenants == count)
        await bench.close()
        #expect(Bench.descriptors(in: bench.data) == 0)
    }

    @Test func aTenantThatWaitsForAnotherProcessHoldsUpNoOther() async throws {
        let bench = try await Bench(tenants: 2, open: 2)
        let (waits, other) = (bench.tenants[0], bench.tenants[1])
        for tenant in [waits, other] {
            #expect(await Bench.call(Self.create("order-1"), key: "k", on: bench.directory, in: tenant).isEntity)
        }
        // Only one connection keeps its descriptors.
        let path = bench.data.tenantPath(waits)
        while Self.indexes(of: path) > 0 {
            try Task.checkCancellation()
            #expect(await Bench.read(.payment(.order("order-1")), on: bench.directory, in: other).isEntity)
        }
        // Another process builds the wal-index anew.
        let builder = open(path + "-shm", O_RDWR | O_CLOEXEC)
        #expect(ftruncate(builder, 3) == 0)
        #expect(FileLock.take(.exclusive, builder, at: WALIndex.lockByte) == .granted)
        bench.directory.submit(.payment(.order("order-1")), from: Caller(desk: bench.desk, slot: 7), to: waits)
        while Self.indexes(of: path) < 2 {
            try Task.checkCancellation()
            await Task.yield()
        }
        // No clock moves here, so nobody looks after turns that are held up in silence.
        #expect(await Bench.read(.payment(.order("order-1")), on: bench.directory, in: other).isEntity)
        #expect(await bench.desk.told(0).isEmpty, "It waits still.")
        close(builder)
        let told = await bench.desk.told(1).flatMap { $0 }
        #expect(told.map(\.slot) == [7])
        #expect(told.allSatisfy { $0.refusal == nil || $0.refusal?.reason == "storage_unavailable" })
        await bench.close()
    }

    private static func indexes(of path: String) -> Int {
        let folder = "/proc/self/fd/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let links = names.map { try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0) }
        return links.count { $0 == path + "-shm" }
    }

    @Test func callersOfAParkedTenantWithoutDescriptorsAreToldThatNothingWasDoneAndItWorksAgainWithThem() async {
        await #expect(processExitsWith: .success) {
            let bench = try await Bench(tenants: 2, open: 2)
            let tenant = bench.tenants[0]
            let (directory, clock) = (bench.directory, bench.clock)
            #expect(await Bench.call(Self.create("order"), key: "k", on: directory, in: tenant).isEntity)
            for round in 0..<10 {
                let (order, free) = ("order-\(round)", round % 5)
                #expect(await Bench.read(.payment(.order("order")), on: directory, in: tenant).isEntity)
                // Another's turn parks it.
                _ = await Bench.read(.payment(.order("order")), on: directory, in: bench.tenants[1])
                let path = bench.data.tenantPath(tenant)
                while Self.indexes(of: path) > 0 {
                    try Task.checkCancellation()
                    _ = await Bench.read(.payment(.order("order")), on: directory, in: bench.tenants[1])
                }
                let hog = DescriptorHog(leaving: free)
                let write = await Bench.call(Self.create(order), key: order, on: directory, in: tenant)
                let read = await Bench.read(.payment(.order("order")), on: directory, in: tenant)
                for refusal in [write.refusal, read.refusal].compactMap(\.self) {
                    #expect(refusal.reason == "storage_unavailable" && refusal.notProcessed, "\(refusal)")
                    #expect(refusal.outcome == OperationOutcome.none)
                }
                if free >= 2 { #expect(write.isEntity, "\(write)") }
                hog.release()
                clock.advance(milliseconds: TenantActor.refusalMilliseconds)
                let found = await Bench.read(.payment(.order(order)), on: directory, in: tenant)
                #expect(found.isEntity == write.isEntity, "\(found)")
                #expect(await Bench.call(Self.create(order), key: order, on: directory, in: tenant).isEntity)
            }
            await bench.close()
        }
    }
}
