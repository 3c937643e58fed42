import RemitDomain
import RemitPowerCut
import RemitService
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

struct ParkingPowerCutTests {
    private static let identity = TenantIdentity(tenant: Fixture.tenant, epoch: 7, digestKey: Array(0..<32))

    @Test("a commit of a connection that was parked before and after it outlives the power", arguments: 0..<12)
    func commits(seed: UInt64) throws {
        let random = RemitTesting.SeededRandom(seed: seed)
        let folder = try TemporaryDirectory(inMemory: true)
        let disk = VolatileDisk(root: folder.path, random: random.fork(), isTearing: seed % 2 == 1)
        defer { disk.remove() }
        let path = folder.file("tenant.sqlite")
        try TenantDatabase.create(path: path, identity: Self.identity)
        disk.noteFolderSync(of: path)
        var committed: [PaymentID] = []
        for life in 0..<6 {
            let pool = DescriptorPool(lentMax: 1)
            let open = { () throws(StorageError) in
                try TenantDatabase.open(path: path, encoder: MessageEncoder.self, descriptors: pool)
            }
            var database = try open()
            let other = try TenantReader(path: path, encoder: MessageEncoder.self, descriptors: pool)
            // Each use of the one parks the other.
            let park = { () throws(StorageError) in
                for _ in 0..<2 { try other.read { rows throws(StorageError) in _ = try rows.lastSequence() } }
            }
            let nth = random.number(in: 1...12)
            if random.isOnce(in: 2) { disk.plan(PowerCut(nth: nth, isAfter: random.isOnce(in: 2))) }
            var attempted: PaymentID?
            for round in 0..<random.number(in: 1...6) {
                do throws(StorageError) {
                    try park()
                    let payment = Fixture.payment("payment_\(life)_\(round)")
                    attempted = payment.id
                    try database.transaction { transaction throws(StorageError) in _ = try transaction.insert(payment) }
                    committed.append(payment.id)
                    try park()
                } catch {
                    break
                }
            }
            disk.cut()
            other.close()
            database.close()
            disk.turnOn()
            database = try open()
            try database.read { rows throws(StorageError) in
                for id in committed { #expect(try rows.payment(id) != nil, "\(id) is lost, seed \(seed)") }
            }
            if let attempted, try database.read({ rows throws(StorageError) in try rows.payment(attempted) }) != nil,
                !committed.contains(attempted)
            {
                committed.append(attempted)
            }
            database.close()
        }
    }
}
