import RemitAPI
import RemitDomain
import RemitPowerCut
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import RemitWire

@testable import RemitStorage

/// One tenant's random life on a disk whose power goes, again and again; then it heals and is judged.
///
/// Whatever was answered must be there after each cut: replies, accepted webhooks, events that subscribers were told of,
/// and a row for each call that left for the processor.
final class PowerCutTrial {
    struct Conditions {
        /// Whether sectors survive that were not synced, by chance.
        var isTearing = false
        /// SQLite's `synchronous`; nil: as the product sets it.
        var synchronous: String?
        /// Whether commits leave their sync to a journal; and whether starts make use of it.
        var hasJournal = false
        var recovers = true

        /// Whether something is to be lost, and found out.
        var isWeak: Bool { synchronous != nil || !recovers }
    }

    let random: RemitTesting.SeededRandom
    private let conditions: Conditions
    private let folder: TemporaryDirectory
    private let disk: VolatileDisk
    private let journal: TestJournal?
    /// Creations whose replies nobody changes: their rows must equal them.
    private var creations: [(caller: TestCaller, payment: PaymentID?)] = []
    private var accepted: [(event: String, at: Timestamp)] = []
    /// How often the power went, by what was being done.
    private(set) var cuts: [String: Int] = [:]
    private(set) var faults: [String] = []
    /// Commits that were done again.
    var appliedCount: Int { journal?.appliedCount ?? 0 }

    init(seed: UInt64, _ conditions: Conditions) throws {
        random = RemitTesting.SeededRandom(seed: seed)
        self.conditions = conditions
        folder = try TemporaryDirectory(inMemory: true)
        disk = VolatileDisk(root: folder.path, random: random.fork(), isTearing: conditions.isTearing)
        guard conditions.hasJournal else {
            journal = nil
            return
        }
        let path = folder.file("tenant.sqlite")
        journal = TestJournal(
            in: folder.path, pathOf: { _ in path },
            synchronizeAll: { [disk] in
                disk.synchronizeAll() ? nil : StorageError(.io, message: "The power is off.")
            }, recovers: conditions.recovers)
    }

    /// Says what was wrong.
    func run() async throws -> [String] {
        defer { disk.remove() }
        do {
            try makeFile()
            let life = try begin()
            for _ in 0..<random.number(in: 1...3) {
                try await live(life)
                guard faults.isEmpty else { return end(life) }
            }
            try await life.heal()
            try life.judge()
            try judge(life)
            return end(life)
        } catch let error as StorageError {
            // A store that can't be opened or read is what is looked for here.
            return faults + ["\(error.code): \(error.message)"]
        }
    }

    private func end(_ life: TenantLife) -> [String] {
        life.rig.close()
        return faults + life.faults
    }

    // MARK: Beginnings

    /// Where the power goes while the file is made; nil: wherever.
    private static let placesOfMaking: [DiskPlace?] = [
        nil, nil, nil, .creation, .deletion, .journalWrite, .journalSync, .databaseWrite, .databaseSync,
    ]

    private var path: String { folder.file("tenant.sqlite") }

    /// Makes the tenant's file; a making that was cut is undone and begun again, as the control plane does.
    private func makeFile() throws {
        if random.isOnce(in: 3) {
            let place = random.pick(Self.placesOfMaking)
            let nth = place == nil ? random.number(in: 1...60) : random.number(in: 1...2)
            disk.plan(PowerCut(at: place, nth: nth, isAfter: random.isOnce(in: 2)))
        }
        while true {
            do {
                try TenantRig.makeFile(path)
                guard !disk.isOn else { return disk.plan(nil) }
            } catch {
                guard !disk.isOn else { throw error }
            }
            count("making")
            disk.turnOn()
            for suffix in ["", "-journal", "-wal", "-shm"] { try FileSystem.remove(path + suffix) }
        }
    }

    private func begin() throws -> TenantLife {
        planWhileOpening()
        while true {
            do {
                try journal?.start()
                let life = try TenantLife(seed: random.next(), in: folder, journal: journal) { [conditions] database in
                    guard let synchronous = conditions.synchronous else { return }
                    try database.execute("PRAGMA synchronous = \(synchronous)")
                }
                disk.plan(nil)
                life.takesLongSteps = false
                return life
            } catch {
                guard !disk.isOn else { throw error }
                count("opening")
                disk.turnOn()
            }
        }
    }

    private func planWhileOpening() {
        guard random.isOnce(in: 3) else { return }
        disk.plan(PowerCut(nth: random.number(in: 1...16), isAfter: random.isOnce(in: 2)))
    }

    // MARK: Life

    /// Where the power goes while it lives; nil: wherever.
    private static let places: [DiskPlace?] = [
        nil, nil, .logWrite, .logSync, .logSync, .databaseWrite, .databaseWrite, .databaseSync, .logExtension,
    ]

    /// The process ends as it should, and begins again.
    private func restart(_ life: TenantLife) throws {
        life.rig.close()
        journal?.end()
        try life.crash()
    }

    /// Lives until the power goes, opens again, and holds what is there against what was answered.
    private func live(_ life: TenantLife) async throws {
        let place = random.pick(Self.places)
        if !conditions.isWeak {
            disk.plan(PowerCut(at: place, nth: number(of: place), isAfter: random.isOnce(in: 2)))
            try prepare(place, life)
        }
        for _ in 0..<random.number(in: 5...20) where disk.isOn {
            switch random.number(in: 0...23) {
            case 0...2: try powered { try burst(life) }
            case 3: try powered { try drizzle(life, random.number(in: 10...80)) }
            case 4: try powered { try random.isOnce(in: 2) ? life.crash() : restart(life) }
            default: try await powered { try await life.step() }
            }
            if random.isOnce(in: 3) { journal?.workInBackground() }
            accept(life)
        }
        // One that didn't find its place goes between two turns: now, or while the file is closed.
        if conditions.isWeak {
            try drizzle(life, 3)
        } else if random.isOnce(in: 2) {
            try powered { try life.crash() }
        }
        if disk.isOn { disk.cut() }
        count("working")
        try open(life)
        try judge(life)
    }

    private func number(of place: DiskPlace?) -> Int {
        switch place {
        case nil: random.number(in: 1...random.pick([10, 100, 1_000]))
        // One for each commit, or a few.
        case .logWrite: random.number(in: 1...random.pick([4, 40]))
        case .databaseWrite: random.number(in: 1...random.pick([1, 30]))
        case .logSync: random.number(in: 1...30)
        case .logExtension: random.number(in: 1...60)
        default: random.number(in: 1...3)
        }
    }

    /// Errors are forgiven where the power went.
    private func powered(_ body: () throws -> Void) throws {
        guard disk.isOn else { return }
        do { try body() } catch { if disk.isOn { throw error } }
    }

    private func powered(_ body: () async throws -> Void) async throws {
        guard disk.isOn else { return }
        do { try await body() } catch { if disk.isOn { throw error } }
    }

    /// Brings the tenant to where such a cut is near.
    private func prepare(_ place: DiskPlace?, _ life: TenantLife) throws {
        switch place {
        // The log is extended after 64 commits since the opening.
        case .logExtension: try powered { try drizzle(life, 65) }
        // A checkpoint comes by itself after 2,000 pages, or when the file is closed.
        case .databaseWrite, .databaseSync:
            let waitsForCheckpoint = random.isOnce(in: 2)
            try powered { try drizzle(life, waitsForCheckpoint ? 130 : 5) }
            if !waitsForCheckpoint { try powered { try life.crash() } }
        default: break
        }
    }

    /// Many calls in one transaction.
    private func burst(_ life: TenantLife) throws {
        for _ in 0..<random.number(in: 5...120) { create(life) }
        life.turn()
    }

    /// Many transactions of one call.
    private func drizzle(_ life: TenantLife, _ count: Int) throws {
        for _ in 0..<count where disk.isOn {
            create(life)
            life.rig.turn()
        }
    }

    private func create(_ life: TenantLife) {
        creations.append((life.rig.submit(CreatePayment(amount: 100)), nil))
    }

    private func accept(_ life: TenantLife) {
        for (delivery, caller) in life.acceptedWebhooks where caller.replyCount == 1 {
            accepted.append((delivery.eventID, life.rig.clock.now()))
        }
        life.acceptedWebhooks = []
    }

    /// The power comes back; it may go again while the file is opened.
    private func open(_ life: TenantLife) throws {
        repeat {
            life.rig.close()
            if !disk.isOn { disk.turnOn() }
            planWhileOpening()
            try powered { try life.crash() }
            if !disk.isOn { count("reopening") }
        } while !disk.isOn
        disk.plan(nil)
    }

    private func count(_ doing: String) {
        cuts["\(doing): \(disk.lastCut?.rawValue ?? "between")", default: 0] += 1
    }

    // MARK: Judgement

    /// An inbox forgets what it has done with after days; a day is surely less.
    private static let inboxMilliseconds: Int64 = 86_400_000

    /// What was answered before must be in the rows, and the file must be whole.
    private func judge(_ life: TenantLife) throws {
        let database = life.rig.database
        for line in try PowerCutTrial.check(database.connection) { fault(life, "integrity_check says \(line)") }
        for skipped in journal?.skipped ?? [] where conditions.recovers { fault(life, skipped.message) }
        try database.read { rows throws(StorageError) in
            try judgeCreations(life, rows)
            for call in life.calls {
                if let message = call.caller.message { try judge(life, message, of: call.verb, rows) }
            }
            for operation in life.sent where try rows.operation(operation) == nil {
                fault(life, "a call was sent for operation \(operation.text), which has no row")
            }
            let now = life.rig.clock.now()
            for (event, at) in accepted where now - at < Self.inboxMilliseconds {
                if try rows.inboxEntry(event) == nil { fault(life, "webhook \(event) was accepted and isn't there") }
            }
            let last = try rows.lastSequence()
            if last < life.rig.newestSequence {
                fault(life, "subscribers were told of event \(life.rig.newestSequence), the log ends with \(last)")
            }
            try life.judgeEvents(rows)
        }
    }

    /// What SQLite finds wrong with a file.
    static func check(_ database: Database) throws -> [String] {
        let statement = try database.queryStatement("PRAGMA integrity_check")
        defer { statement.reset() }
        var lines: [String] = []
        while try statement.step() { lines.append(statement.text()) }
        return lines == ["ok"] ? [] : lines
    }

    private func judgeCreations(
        _ life: TenantLife, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        for index in creations.indices {
            guard let message = creations[index].caller.message else { continue }
            if creations[index].payment == nil, let payment = try? RemitAPI.Payment(decoding: message) {
                creations[index].payment = PaymentID(payment.id)
            }
            guard let payment = creations[index].payment else { continue }
            let stored = try rows.withPaymentBytes(payment) { bytes throws(StorageError) in
                bytes.withUnsafeBufferPointer { Array($0) }
            }
            if stored != message { fault(life, "payment \(payment.text) was acknowledged and isn't there as it was") }
        }
    }

    private func judge(
        _ life: TenantLife, _ message: [UInt8], of verb: any Verb, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        switch verb {
        case is RefundPayment:
            guard let refund = try? RemitAPI.Refund(decoding: message) else { return }
            if try rows.refund(RefundID(refund.id)) == nil { fault(life, "refund \(refund.id) was acknowledged") }
        case is CreateCustomer:
            guard let customer = try? RemitAPI.Customer(decoding: message) else { return }
            if try rows.customer(CustomerID(customer.id)) == nil { fault(life, "\(customer.id) was acknowledged") }
        default:
            guard let payment = try? RemitAPI.Payment(decoding: message) else { return }
            let version = try rows.payment(PaymentID(payment.id))?.version ?? 0
            guard version < payment.version else { return }
            fault(life, "payment \(payment.id) was acknowledged with version \(payment.version) and has \(version)")
        }
    }

    private func fault(_ life: TenantLife, _ text: String) {
        life.note("FAULT \(text)")
        faults.append(text)
    }
}
