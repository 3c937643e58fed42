import RemitDomain
import RemitService
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

@Suite struct ReaderDeskTests {
    @Test func `a reader thread keeps so many connections, and the longest unused one leaves for another`() throws {
        #expect(DirectorySettings().readerConnectionsMax == 256)
        let folder = try TemporaryDirectory(inMemory: false)
        let tenants = ["a", "b", "c"].map { TenantID("tenant_\($0)") }
        for tenant in tenants {
            let identity = TenantIdentity(tenant: tenant, epoch: 1, digestKey: Array(0..<16))
            try TenantFile.create(path: folder.file(tenant.text), identity: identity)
            // A writer brings the schema before anybody reads.
            try TenantDatabase.open(path: folder.file(tenant.text), tenant: tenant, encoder: MessageEncoder.self)
                .close()
        }
        let desk = ReaderDesk(connectionsMax: 2, clock: ManualClock())
        defer { desk.stop() }
        var opened: [TenantID] = []
        func read(_ tenant: TenantID) throws {
            let reader = try desk.reader(of: tenant) { () throws(StorageError) in
                opened.append(tenant)
                return try TenantReader(path: folder.file(tenant.text), tenant: tenant, encoder: MessageEncoder.self)
            }
            #expect(try reader.read { rows throws(StorageError) in try rows.lastSequence() } == 0)
        }
        let (a, b, c) = (tenants[0], tenants[1], tenants[2])
        for tenant in [a, b, a, c, a, c, b] { try read(tenant) }
        #expect(opened == [a, b, c, b], "Reading c closes b, the longer unused one; a and c stay until b comes again.")
        for tenant in tenants { desk.close(tenant) }
    }
}
