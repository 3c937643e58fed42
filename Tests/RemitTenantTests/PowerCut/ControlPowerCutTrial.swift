import RemitDomain
import RemitPowerCut
import RemitTenant
import RemitTesting

@testable import RemitStorage

/// A control plane's random life on a disk whose power goes: tenants and their keys are made, marked and asked for again.
///
/// Whatever was acknowledged must be there after each cut: the tenant with its file and secrets, the one showing of its
/// API key, the mark of a tenant that was opened; and what wasn't acknowledged is there whole or not at all.
final class ControlPowerCutTrial {
    private struct Made {
        var request: NewTenant
        var key: String?
        var created: CreatedTenant
    }

    private let random: RemitTesting.SeededRandom
    private let synchronous: String?
    private let clock = ManualClock()
    private let folder: TemporaryDirectory
    private let disk: VolatileDisk
    private let directory: DataDirectory
    private let seal: SecretSeal
    private var control: ControlPlane?
    private var adminKey = ""
    private var made: [Made] = []
    /// Creations that were not acknowledged: asked again, each gives one tenant.
    private var unacknowledged: [(request: NewTenant, key: String?)] = []
    private var marked: Set<TenantID> = []
    private var generation: UInt64 = 0
    private var names = 0
    /// How often the power went, by what was being done.
    private(set) var cuts: [String: Int] = [:]
    private(set) var faults: [String] = []

    /// `synchronous` is SQLite's; nil: as the product sets it.
    init(seed: UInt64, isTearing: Bool, synchronous: String? = nil) throws {
        random = RemitTesting.SeededRandom(seed: seed)
        self.synchronous = synchronous
        folder = try TemporaryDirectory(inMemory: true)
        disk = VolatileDisk(root: folder.path, random: random.fork(), isTearing: isTearing)
        directory = try DataDirectory(path: folder.file("data"), creates: true)
        seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
    }

    /// Says what was wrong.
    func run() async throws -> [String] {
        defer { disk.remove() }
        do {
            try makeFile()
            try await open()
            for _ in 0..<random.number(in: 1...4) {
                try await live()
                try await open()
                try await judge()
                guard faults.isEmpty else { break }
            }
        } catch let error as StorageError {
            // A store that can't be opened or read is what is looked for here.
            faults.append("\(error.code): \(error.message)")
        }
        await control?.close()
        return faults
    }

    // MARK: Beginnings

    /// Makes control.sqlite with an admin, as `remit init` does: what was cut short is finished by asking again.
    private func makeFile() throws {
        planWhileOpening(most: 60)
        while true {
            do {
                let database = try openOrCreate()
                defer { database.close() }
                try prepare(database)
                adminKey = try makeAdmin(named: "admin \(names)", in: database)
                guard disk.isOn else { throw StorageError(.io, message: "The power went.") }
                return disk.plan(nil)
            } catch let error as StorageError {
                guard !disk.isOn else { throw error }
            }
            names += 1
            count("making")
            disk.turnOn()
        }
    }

    private func makeAdmin(named name: String, in database: ControlDatabase) throws(StorageError) -> String {
        var generator = IdentifierGenerator(clock: clock, randomness: random)
        let principal = PrincipalRecord(id: generator.next(), name: name, isAdmin: true)
        var keys = SystemRandomNumberGenerator()
        let key = APIKey.make(using: &keys)
        try database.transaction { transaction throws(StorageError) in
            try transaction.insert(principal, at: clock.now())
            try transaction.insert(key, of: principal.id, at: clock.now())
        }
        return key.text
    }

    private func openOrCreate() throws(StorageError) -> ControlDatabase {
        do throws(StorageError) {
            let database = try ControlDatabase.create(path: directory.controlPath, seal: seal, at: clock.now())
            // Its last step syncs the folder: without that, the rollback journal that an earlier try left, and this one
            // played back and removed, could come back and undo all.
            disk.noteFolderSync(of: directory.controlPath)
            return database
        } catch {
            guard error.code == .exists else { throw error }
            return try ControlDatabase.open(path: directory.controlPath, seal: seal)
        }
    }

    private func prepare(_ database: ControlDatabase) throws(StorageError) {
        guard let synchronous else { return }
        try database.connection.execute("PRAGMA synchronous = \(synchronous)")
    }

    /// The power comes back; it may go again while the file is opened and what was half-made is removed.
    private func open() async throws {
        await control?.close()
        while true {
            if !disk.isOn { disk.turnOn() }
            planWhileOpening(most: 20)
            do {
                let database = try ControlDatabase.open(path: directory.controlPath, seal: seal)
                do {
                    try prepare(database)
                    let faults = try PowerCutTrial.check(database.connection)
                    control = try ControlPlane(
                        database: database, directory: directory, clock: clock, randomness: random.fork())
                    for line in faults { fault("integrity_check says \(line)") }
                } catch {
                    database.close()
                    throw error
                }
                if disk.isOn { return disk.plan(nil) }
                await control?.close()
            } catch {
                guard !disk.isOn else { throw error }
            }
            count("opening")
        }
    }

    private func planWhileOpening(most: Int) {
        guard random.isOnce(in: 3) else { return }
        disk.plan(PowerCut(nth: random.number(in: 1...most), isAfter: random.isOnce(in: 2)))
    }

    // MARK: Life

    /// Where the power goes while it lives; nil: wherever, in the tenant's new file too.
    private static let places: [DiskPlace?] = [
        nil, nil, .logWrite, .logSync, .logSync, .databaseWrite, .databaseSync, .journalSync, .creation, .deletion,
    ]

    /// Lives until the power goes.
    private func live() async throws {
        if synchronous == nil {
            let place = random.pick(Self.places)
            let nth = random.number(in: 1...(place == nil ? random.pick([20, 200]) : random.pick([3, 20])))
            disk.plan(PowerCut(at: place, nth: nth, isAfter: random.isOnce(in: 2)))
        }
        for _ in 0..<random.number(in: 2...12) where disk.isOn {
            switch random.number(in: 0...9) {
            case 0...4: await create()
            case 5...6: await createAgain()
            case 7...8: await mark()
            default: try await closeAndOpen()
            }
        }
        if disk.isOn { disk.cut() }
        count("working")
    }

    private func create() async {
        names += 1
        var request = NewTenant(name: "tenant-\(names)", defaultCurrency: random.pick([.usd, .eur, nil]))
        if random.isOnce(in: 2) { request.stripeSecretKey = "sk_test_\(names)verysecretvalue" }
        if random.isOnce(in: 3) { request.webhookSecret = "whsec_\(names)alsoverysecret" }
        let owners = made.filter { $0.request.sharedWith == nil }
        if random.isOnce(in: 4), !owners.isEmpty { request.sharedWith = random.pick(owners).created.tenant.name }
        let key = random.isOnce(in: 2) ? "key \(names)" : nil
        if await create(request, key: key) != nil { unacknowledged.append((request, key)) }
    }

    private func create(_ request: NewTenant, key: String?) async -> PaymentError? {
        guard let control else { return nil }
        do throws(PaymentError) {
            let created = try await control.createTenant(request, by: Fixture.principal, key: key)
            made.append(Made(request: request, key: key, created: created))
            generation = max(generation, control.generation)
            return nil
        } catch {
            return error
        }
    }

    /// A caller who got no answer, or asks once more.
    private func createAgain() async {
        guard random.isOnce(in: 2), !unacknowledged.isEmpty else { return await askAgain() }
        let (request, key) = unacknowledged.remove(at: random.number(in: 0...(unacknowledged.count - 1)))
        if await create(request, key: key) != nil { unacknowledged.append((request, key)) }
    }

    private func askAgain() async {
        guard let control, let earlier = made.isEmpty ? nil : random.pick(made) else { return }
        do {
            let again = try await control.createTenant(earlier.request, by: Fixture.principal, key: earlier.key)
            if again.tenant.id != earlier.created.tenant.id { fault("\(earlier.request.name) was made twice") }
            if again.apiKey != nil { fault("the key of \(earlier.request.name) was shown twice") }
        } catch {
            if disk.isOn { fault("\(earlier.request.name) was refused when asked for again: \(error.message)") }
        }
    }

    private func mark() async {
        guard let control, let tenant = made.isEmpty ? nil : random.pick(made).created.tenant.id else { return }
        let isMarked = await withCheckedContinuation { continuation in
            control.markOpen(tenant) { continuation.resume(returning: $0) }
        }
        if isMarked { marked.insert(tenant) }
    }

    /// The process ends in good order, and another begins.
    private func closeAndOpen() async throws {
        await control?.close()
        guard disk.isOn else { return }
        do throws(StorageError) {
            let database = try ControlDatabase.open(path: directory.controlPath, seal: seal)
            try prepare(database)
            control = try ControlPlane(
                database: database, directory: directory, clock: clock, randomness: random.fork())
        } catch {
            if disk.isOn { throw error }
        }
    }

    // MARK: Judgement

    private func judge() async throws {
        guard let control else { return }
        let snapshot = control.snapshot
        if snapshot.generation < generation {
            fault("generation \(generation) was told, \(snapshot.generation) is there")
        }
        let admin = snapshot.keys[control.hash(ofAPIKey: adminKey)].flatMap { snapshot.principals[$0] }
        if admin?.isAdmin != true { fault("the admin's key was shown and isn't known") }
        for tenant in made { judge(tenant, control, snapshot) }
        for tenant in snapshot.tenants.values where tenant.state != .active {
            fault("tenant \(tenant.name) is half-made after a start")
        }
        let due = Set(control.tenantsToOpen(at: clock.now()))
        for tenant in marked where !due.contains(tenant) { fault("\(tenant.text) was marked open and isn't") }
        // What wasn't acknowledged is there whole or not at all: asked again, it is made, and then it is as the others.
        for (request, key) in unacknowledged {
            if let refusal = await create(request, key: key) {
                fault("\(request.name) can't be made after a cut: \(refusal.message)")
            }
        }
        unacknowledged = []
        let after = control.snapshot
        for tenant in made { judge(tenant, control, after) }
    }

    private func judge(_ made: Made, _ control: ControlPlane, _ snapshot: ControlSnapshot) {
        let tenant = made.created.tenant
        let name = made.request.name
        guard let row = snapshot.tenants[tenant.id], row == tenant else {
            return fault("tenant \(name) was acknowledged and isn't there as it was")
        }
        if let key = made.created.apiKey {
            let principal = snapshot.keys[control.hash(ofAPIKey: key)].flatMap { snapshot.principals[$0] }
            if principal?.tenants.contains(tenant.id) != true {
                fault("the key of \(name) was shown and doesn't open it")
            }
        } else if !snapshot.principals.values.contains(where: { $0.tenants.contains(tenant.id) }) {
            fault("no principal may call \(name)")
        }
        let secrets = control.secrets(of: tenant.id)
        if secrets?.accounts.map(\.key) != (made.request.stripeSecretKey.map { [$0] } ?? []) {
            fault("\(name) has other keys at Stripe")
        }
        if secrets?.webhookSecrets != (made.request.webhookSecret.map { [$0] } ?? []) {
            fault("\(name) has other webhook secrets")
        }
        do throws(StorageError) {
            let path = directory.tenantPath(tenant.id)
            let database = try Database(path: path)
            defer { database.close() }
            _ = try TenantIdentity.read(from: database, of: tenant.id)
        } catch {
            fault("the file of \(name) can't be opened: \(error.message)")
        }
    }

    private func count(_ doing: String) {
        cuts["\(doing): \(disk.lastCut?.rawValue ?? "between")", default: 0] += 1
    }

    private func fault(_ text: String) { faults.append(text) }
}
