import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("The control database")
struct ControlDatabaseTests {
    private let directory: TemporaryDirectory
    private let control: ControlDatabase
    private let start = Fixture.start
    private let key = [UInt8](repeating: 1, count: 32)

    private var path: String { directory.file("control.sqlite") }

    init() throws {
        directory = try TemporaryDirectory()
        control = try ControlDatabase.create(
            path: directory.file("control.sqlite"), seal: SecretSeal(masterKey: key), at: start)
    }

    private func tenant(_ name: String, state: TenantState = .creating) -> TenantRecord {
        TenantRecord(
            id: TenantID("tenant_\(name)"), name: name, state: state, defaultCurrency: .eur, createdAt: start)
    }

    @Test("the file is made once, and another master key is told apart from a broken file")
    func masterKey() throws {
        let again = #expect(throws: StorageError.self) {
            try ControlDatabase.create(path: path, seal: SecretSeal(masterKey: key), at: start)
        }
        #expect(again?.code == .exists)
        control.close()
        let wrong = #expect(throws: StorageError.self) {
            try ControlDatabase.open(path: path, seal: SecretSeal(masterKey: [UInt8](repeating: 2, count: 32)))
        }
        #expect(wrong?.code == .masterKey)
        #expect(throws: StorageError.self) { try SecretSeal(masterKey: [1, 2, 3]) }
        let missing = #expect(throws: StorageError.self) {
            try ControlDatabase.open(path: directory.file("none"), seal: SecretSeal(masterKey: key))
        }
        #expect(missing?.message.contains("remit init") == true)
        _ = try ControlDatabase.open(path: path, seal: SecretSeal(masterKey: key))
    }

    @Test("a snapshot holds tenants, principals with their scopes, and valid keys; each change raises its generation")
    func snapshot() throws {
        var generator = SeededRandom(seed: 1)
        let apiKey = APIKey.make(using: &generator)
        let revoked = APIKey.make(using: &generator)
        let record = tenant("acme")
        let principal = PrincipalRecord(
            id: Fixture.principal, name: "shop", isAdmin: true, tenants: [record.id, TenantID("tenant_2")])
        let before = try control.read { rows throws(StorageError) in try rows.generation() }
        try control.transaction { rows throws(StorageError) in
            try rows.insert(record)
            try rows.insert(tenant("gone", state: .deleted))
            try rows.insert(principal, at: start)
            try rows.insert(apiKey, of: principal.id, at: start)
            try rows.insert(revoked, of: principal.id, at: start)
            #expect(try rows.revoke(revoked.hash, at: start))
            #expect(try rows.revoke(revoked.hash, at: start) == false)
        }
        let snapshot = try control.read { rows throws(StorageError) in try rows.snapshot() }
        #expect(snapshot.generation > before)
        #expect(snapshot.tenants == [record.id: record])
        #expect(snapshot.principals == [principal.id: principal])
        #expect(snapshot.keys == [apiKey.hash: principal.id])
        try control.transaction { rows throws(StorageError) in try rows.setState(.active, of: record.id) }
        let later = try control.read { rows throws(StorageError) in try rows.snapshot() }
        #expect(later.generation > snapshot.generation)
        #expect(later.tenants[record.id]?.state == .active)
    }

    @Test("a tenant's name is unique; one that was never finished leaves nothing and frees its name")
    func creating() throws {
        try control.transaction { rows throws(StorageError) in
            try rows.insert(tenant("acme"))
            try rows.setWebhookSecrets(["whsec_1"], of: tenant("acme").id)
        }
        let used = #expect(throws: StorageError.self) {
            try control.transaction { rows throws(StorageError) in
                let other = TenantRecord(id: TenantID("tenant_x"), name: "acme", state: .creating, createdAt: start)
                try rows.insert(other)
            }
        }
        #expect(used?.isConstraint == true)
        try control.transaction { rows throws(StorageError) in
            try rows.removeCreating(tenant("acme").id)
            #expect(try rows.tenant(named: "acme") == nil)
            #expect(try rows.secrets(of: tenant("acme").id) == TenantSecrets())
            try rows.insert(tenant("acme"))
            try rows.setState(.active, of: tenant("acme").id)
        }
        #expect(throws: StorageError.self) {
            try control.transaction { rows throws(StorageError) in try rows.removeCreating(tenant("acme").id) }
        }
    }

    @Test("secrets come back, aren't in the file, and a new account takes the old one's place without losing it")
    func secrets() throws {
        let record = tenant("acme", state: .active)
        let old = TenantSecrets.StripeAccount(account: "acct_1", livemode: false, key: "sk_test_very_secret_old")
        let new = TenantSecrets.StripeAccount(account: "acct_2", livemode: true, key: "sk_live_very_secret_new")
        let webhooks = ["whsec_very_secret_1", "whsec_very_secret_2"]
        try control.transaction { rows throws(StorageError) in
            try rows.insert(record)
            #expect(try rows.tenant(record.id)?.stripeConfigured == false)
            try rows.setStripeAccount(old, of: record.id)
            try rows.setStripeAccount(new, of: record.id)
            try rows.setWebhookSecrets(webhooks, of: record.id)
            var kept = old
            kept.isCurrent = false
            #expect(
                try rows.secrets(of: record.id) == TenantSecrets(accounts: [new, kept], webhookSecrets: webhooks))
            let stored = try rows.tenant(record.id)
            #expect(stored?.stripeConfigured == true)
            #expect(stored?.webhookConfigured == true)
        }
        let described = "\(try control.read { rows throws(StorageError) in try rows.secrets(of: record.id) })"
        #expect(!described.contains("secret_"))
        for suffix in ["", "-wal"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
            #expect(bytes.range(of: Data("very_secret".utf8)) == nil)
        }
    }

    @Test("marks are written in batches; clean ones with nothing due are left out")
    func marks() throws {
        let open = TenantMark(tenant: TenantID("tenant_1"), isOpen: true)
        let due = TenantMark(tenant: TenantID("tenant_2"), isOpen: false, nextDueAt: start)
        let clean = TenantMark(tenant: TenantID("tenant_3"), isOpen: false)
        try control.transaction { rows throws(StorageError) in
            try rows.set([open, due, TenantMark(tenant: clean.tenant, isOpen: true)])
            try rows.set([clean])
            #expect(try rows.marks() == [open, due])
        }
    }

    @Test("control verbs have operations and a gapless event log of their own")
    func operations() throws {
        let operation = Operation(
            id: OperationID("operation_1"), principal: Fixture.principal, key: "key", method: .createTenant,
            digests: [], entity: "tenant_1", payment: nil, createdAt: start)
        try control.transaction { rows throws(StorageError) in
            try rows.insert(operation)
            #expect(try rows.append(Fixture.event(entity: "tenant_1")) == 1)
            #expect(try rows.operation(of: Fixture.principal, key: "key") == operation)
            #expect(try rows.newestSequence(of: "tenant_1") == 1)
        }
    }
}
