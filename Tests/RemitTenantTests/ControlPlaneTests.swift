import Foundation
import RemitDomain
import RemitTesting
import Synchronization
import Testing

@testable import RemitStorage
@testable import RemitTenant

@Suite struct ControlPlaneTests {
    /// A data directory with its control plane; ``reopen()`` is a process that ended and one that starts.
    private final class Bench {
        let folder: TemporaryDirectory
        let clock = ManualClock()
        private(set) var directory: DataDirectory
        private(set) var control: ControlPlane
        let seal: SecretSeal

        init() throws {
            folder = try TemporaryDirectory()
            seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
            directory = try DataDirectory(path: folder.file("data"), creates: true)
            let database = try ControlDatabase.create(path: directory.controlPath, seal: seal, at: clock.now())
            control = try ControlPlane(
                database: database, directory: directory, clock: clock, randomness: SeededRandom(seed: 1))
        }

        func reopen(between: (ControlDatabase) throws -> Void = { _ in }) async throws {
            await control.close()
            let database = try ControlDatabase.open(path: directory.controlPath, seal: seal)
            try between(database)
            control = try ControlPlane(
                database: database, directory: directory, clock: clock, randomness: SeededRandom(seed: 2))
        }

        func create(_ request: NewTenant, key: String? = nil) async throws -> CreatedTenant {
            try await control.createTenant(request, by: Fixture.principal, key: key)
        }
    }

    private let acme = NewTenant(
        name: "acme", defaultCurrency: .usd, stripeSecretKey: "sk_test_verysecretvalue",
        webhookSecret: "whsec_alsoverysecret")

    @Test func theSameRequestGivesTheSameTenantAndNoKeyAgain() async throws {
        let bench = try Bench()
        let before = bench.control.generation
        let first = try await bench.create(acme, key: "k")
        #expect(first.apiKey != nil)
        #expect(bench.control.generation > before)
        #expect(bench.control.snapshot.generation == bench.control.generation)
        for key in ["k", nil, "another"] {
            let again = try await bench.create(acme, key: key)
            #expect(again.tenant == first.tenant)
            #expect(again.apiKey == nil)
        }
        try await bench.reopen()
        #expect(try await bench.create(acme).tenant == first.tenant)
        await bench.control.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func aTenantWhoseRowsCouldNotBeReadWhenItWasMadeIsKnownSoonAfter() async throws {
        let bench = try Bench()
        #expect(!bench.control.mayLackChanges)
        let file = try ControlDatabase.open(path: bench.directory.controlPath, seal: bench.seal)
        defer { file.close() }
        try file.connection.execute(
            """
            CREATE TRIGGER spoil AFTER INSERT ON webhook_secret BEGIN
                UPDATE webhook_secret SET sealed = x'00' WHERE tenant = NEW.tenant;
            END
            """)
        let created = try await bench.create(acme)
        let key = try #require(created.apiKey)
        #expect(bench.control.snapshot.tenant("acme") == nil)
        #expect(bench.control.mayLackChanges)
        try file.connection.execute("DROP TRIGGER spoil")
        try file.transaction { transaction throws(StorageError) in
            try transaction.setWebhookSecrets(["whsec_alsoverysecret"], of: created.tenant.id)
        }
        while bench.control.mayLackChanges {
            try Task.checkCancellation()
            bench.clock.advance(milliseconds: ControlPlane.catchUpMilliseconds)
            bench.control.clockMoved()
            await Task.yield()
        }
        #expect(bench.control.snapshot.tenant("acme") == created.tenant)
        #expect(bench.control.snapshot.keys[bench.control.hash(ofAPIKey: key)] != nil)
        #expect(bench.control.secrets(of: created.tenant.id)?.webhookSecrets == ["whsec_alsoverysecret"])
        #expect(bench.control.generation == bench.control.snapshot.generation)
        await bench.control.close()
    }

    @Test func anotherRequestNamesTheField() async throws {
        let bench = try Bench()
        _ = try await bench.create(acme, key: "k")
        var other = acme
        other.defaultCurrency = .eur
        let changed = await #expect(throws: PaymentError.self) { try await bench.create(other, key: "k") }
        #expect(changed?.field == "default_currency")
        let unkeyed = await #expect(throws: PaymentError.self) { try await bench.create(other) }
        #expect(unkeyed?.field == "default_currency")
        let named = await #expect(throws: PaymentError.self) { try await bench.create(other, key: "new") }
        #expect(named?.code == .alreadyExists)
        var renamed = acme
        renamed.name = "other"
        let reused = await #expect(throws: PaymentError.self) { try await bench.create(renamed, key: "k") }
        #expect(reused?.field == "name")
        await bench.control.close()
    }

    @Test func aTenantMaySharePrincipalAndKeysWithAnother() async throws {
        let bench = try Bench()
        let first = try await bench.create(acme)
        let principals = bench.control.snapshot.principals.count
        var made: Set = [first.tenant.id]
        for (name, owner) in [("second", first.tenant.id.text), ("third", "acme")] {
            let request = NewTenant(name: name, sharedWith: owner)
            let shared = try await bench.create(request)
            #expect(shared.apiKey == nil)
            #expect(try await bench.create(request).tenant == shared.tenant)
            made.insert(shared.tenant.id)
        }
        for _ in 0..<2 {
            let snapshot = bench.control.snapshot
            #expect(snapshot.principals.count == principals)
            #expect(snapshot.principals.values.contains { $0.tenants == made })
            try await bench.reopen()
        }
        let unshared = await #expect(throws: PaymentError.self) { try await bench.create(NewTenant(name: "second")) }
        #expect(unshared?.field == "shared_with" || unshared?.code == .alreadyExists)
        let nobody = NewTenant(name: "fourth", sharedWith: "nobody")
        let missing = await #expect(throws: PaymentError.self) { try await bench.create(nobody) }
        #expect(missing?.code == .notFound && missing?.field == "shared_with")
        #expect(!bench.control.snapshot.tenants.values.contains { $0.name == "fourth" })
        await bench.control.close()
    }

    @Test func concurrentCreatesMakeOneTenantAndShowOneKey() async throws {
        let bench = try Bench()
        let (control, acme) = (bench.control, acme)
        let made = try await withThrowingTaskGroup(of: CreatedTenant.self) { group in
            for _ in 0..<8 {
                group.addTask { try await control.createTenant(acme, by: Fixture.principal, key: nil) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(made.map(\.tenant.id)).count == 1)
        #expect(made.compactMap(\.apiKey).count == 1)
        await bench.control.close()
    }

    @Test func whatIsHalfMadeIsRemovedAtStartAndItsNameIsFree() async throws {
        let bench = try Bench()
        let half = TenantID("tenant_half")
        let path = bench.directory.tenantPath(half)
        try await bench.reopen { database in
            try database.transaction { transaction throws(StorageError) in
                try transaction.insert(
                    TenantRecord(id: half, name: "acme", state: .creating, createdAt: Fixture.start))
            }
            let identity = TenantIdentity(tenant: half, epoch: 1, digestKey: Array(0..<16))
            try TenantFile.create(path: path, identity: identity)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(bench.control.snapshot.tenants.isEmpty)
        let created = try await bench.create(acme)
        #expect(created.tenant.id != half)
        #expect(created.apiKey != nil)
        await bench.control.close()
    }

    @Test func aMakingThatFailedIsStartedOver() async throws {
        let bench = try Bench()
        let folder = bench.directory.path + "/tenants"
        try FileManager.default.removeItem(atPath: folder)
        let failed = await #expect(throws: PaymentError.self) { try await bench.create(acme) }
        #expect(failed?.code == .unavailable)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let created = try await bench.create(acme)
        #expect(created.apiKey != nil)
        #expect(created.tenant.state == .active)
        await bench.control.close()
    }

    @Test func keysAreKnownByTheirHashAndNoSecretIsInTheFile() async throws {
        let bench = try Bench()
        let created = try await bench.create(acme)
        let key = try #require(created.apiKey)
        for _ in 0..<2 {
            let principal = try #require(bench.control.snapshot.keys[bench.control.hash(ofAPIKey: key)])
            #expect(bench.control.snapshot.principals[principal]?.tenants == [created.tenant.id])
            #expect(bench.control.secrets(of: created.tenant.id)?.accounts.first?.key == "sk_test_verysecretvalue")
            #expect(bench.control.secrets(of: created.tenant.id)?.webhookSecrets == ["whsec_alsoverysecret"])
            try await bench.reopen()
        }
        for suffix in ["", "-wal"] {
            let path = bench.directory.controlPath + suffix
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            for secret in [key, "sk_test_verysecretvalue", "whsec_alsoverysecret"] {
                #expect(bytes.range(of: Data(secret.utf8)) == nil)
            }
        }
        await bench.control.close()
    }

    @Test func manyTenantsShareTheCommitsOfTheirMarks() async throws {
        let bench = try Bench()
        let control = bench.control
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<100 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        control.markOpen(TenantID("tenant_\(index)")) { continuation.resume(returning: $0) }
                    }
                }
            }
            for await isMarked in group { #expect(isMarked) }
        }
        let commits = control.markCommits
        #expect(commits < 100)
        for index in 0..<100 { control.markClean(TenantID("tenant_\(index)"), nextDue: nil) }
        // Opened again before its clean mark is written: the mark in the file is open still.
        let again = TestSignal<Bool>()
        control.markOpen(TenantID("tenant_3")) { again.send($0) }
        #expect(await again.next())
        #expect(control.markCommits == commits)
        try await bench.reopen()
        #expect(control.markCommits == commits + 1)
        #expect(bench.control.tenantsToOpen(at: bench.clock.now()) == [TenantID("tenant_3")])
        await bench.control.close()
    }

    @Test func dueTenantsAreAmongThoseToOpenUntilTheyAreOpened() async throws {
        let bench = try Bench()
        let tenant = TenantID("tenant_due")
        bench.control.markClean(tenant, nextDue: bench.clock.now() + 5_000)
        try await bench.reopen()
        #expect(bench.control.tenantsToOpen(at: bench.clock.now()).isEmpty)
        let due = bench.clock.now() + 5_000
        #expect(bench.control.tenantsToOpen(at: due) == [tenant])
        #expect(bench.control.tenantsToOpen(at: due) == [tenant])
        bench.control.noteOpening(tenant)
        #expect(bench.control.tenantsToOpen(at: due).isEmpty)
        // It ends before the tenant has left: the file says still that it is due.
        try await bench.reopen()
        #expect(bench.control.tenantsToOpen(at: due) == [tenant])
        await bench.control.close()
    }

    @Test func aMarkIsWrittenOnlyWhereTheFileSaysOtherwise() async throws {
        let bench = try Bench()
        let (control, tenant) = (bench.control, TenantID("tenant_1"))
        // One that only reads.
        control.noteOpening(tenant)
        control.markClean(tenant, nextDue: nil)
        let marked = TestSignal<Bool>()
        control.markOpen(tenant) { marked.send($0) }
        #expect(await marked.next())
        #expect(control.markCommits == 1)
        // It leaves, and comes back to write before its clean mark is written: the file says open still.
        control.markClean(tenant, nextDue: nil)
        control.markOpen(tenant) { marked.send($0) }
        #expect(await marked.next())
        #expect(control.markCommits == 1)
        control.markClean(tenant, nextDue: nil)
        try await bench.reopen()
        #expect(control.markCommits == 2)
        #expect(bench.control.tenantsToOpen(at: bench.clock.now()).isEmpty)
        await bench.control.close()
    }

    @Test func whatTheFileSaysOfAMarkIsUnknownWhileOneIsWritten() {
        let due = Timestamp(milliseconds: 5_000)
        let tenant = TenantID("tenant_1")
        let open = TenantMark(tenant: tenant, isOpen: true)
        let clean = TenantMark(tenant: tenant, isOpen: false)
        let later = TenantMark(tenant: tenant, isOpen: false, nextDueAt: due)
        var marks = StoredMarks([])
        #expect(!marks.isOpen(tenant) && marks.holds(clean) && !marks.holds(later))
        marks.set(open)
        #expect(marks.isOpen(tenant) && !marks.holds(clean) && !marks.holds(later))
        marks.forget(tenant)
        #expect(!marks.isOpen(tenant) && !marks.holds(clean) && !marks.holds(later))
        marks.set(later)
        #expect(!marks.isOpen(tenant) && !marks.holds(clean) && marks.holds(later))
        marks.set(clean)
        #expect(marks.holds(clean))
        #expect(StoredMarks([open]).isOpen(tenant) && StoredMarks([later]).holds(later))
    }

    @Test func afterTheEndItRefuses() async throws {
        let bench = try Bench()
        await bench.control.close()
        await bench.control.close()
        let refused = await #expect(throws: PaymentError.self) { try await bench.create(acme) }
        #expect(refused?.reason == "control_unavailable")
        let marked = TestSignal<Bool>()
        bench.control.markOpen(Fixture.tenant) { marked.send($0) }
        #expect(await marked.next() == false)
    }
}
