import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// A tenant for which commits are kept that its file lacks.
@Suite struct KeptTenantTests {
    @Test func aTenantWhoseCommitsAreKeptIsRefusedAloneUntilNothingIsKeptForIt() async throws {
        let bench = try await DirectoryBench(tenants: 2, open: 2)
        let folder = bench.data.path + "/" + KeptCommits.folderName
        try FileSystem.makeDirectory(folder)
        let path = "\(folder)/\(bench.tenants[0].text).1.journal"
        try Data("nothing that can be done again".utf8).write(to: URL(fileURLWithPath: path))
        try await bench.restart()
        #expect(bench.kept.tenants == [bench.tenants[0]])
        let refused = await create("a", bench, 0).refusal
        #expect(refused?.reason == "storage_unavailable" && refused?.notProcessed == true)
        let read = await DirectoryBench.read(.payment(.order("a")), on: bench.directory, in: bench.tenants[0])
        #expect(read.refusal?.reason == "storage_unavailable")
        await #expect(throws: PaymentError.storageUnavailable) {
            try await bench.directory.findPayments(PaymentQuery(), in: bench.tenants[0])
        }
        #expect(await create("b", bench, 1).isEntity)
        // An operator accepts the loss; the server runs on.
        try FileSystem.remove(path)
        bench.clock.advance(milliseconds: TenantActor.refusalMilliseconds)
        #expect(await create("a", bench, 0).isEntity)
        #expect(bench.kept.tenants.isEmpty)
        await bench.close()
    }

    private func create(_ key: String, _ bench: DirectoryBench, _ tenant: Int) async -> DeliveryResult {
        await DirectoryBench.call(
            CreatePayment(amount: 100), key: key, on: bench.directory, in: bench.tenants[tenant])
    }
}
