import RemitDomain
import RemitPowerCut
import RemitService
import RemitTesting

@testable import RemitStorage

/// Some tenants and their journal, on a disk whose power goes again and again.
final class JournalPowerCutTrial {
    /// Who waits for one commit.
    // @unchecked: one thread makes all rounds here.
    private final class Waiter: JournalWaiter, @unchecked Sendable {
        var isDurable: Bool?

        func settled(_ isDurable: Bool) {
            self.isDurable = isDurable
        }
    }

    private struct Tenant {
        let id: TenantID
        var database: TenantDatabase?
        var payments = 0
        /// Payments that were answered for.
        var answered: [PaymentID] = []
    }

    /// Starts without a look at what the journal has.
    var forgetsJournal = false
    /// Commits that were executed again; segments that were used again.
    private(set) var applied = 0
    private(set) var retired = 0
    private let random: SeededRandom
    private let folder: TemporaryDirectory
    private let disk: VolatileDisk
    private var tenants: [Tenant]
    private var journal: CommitJournal?
    private var options = JournalOptions()
    private var faults: [String] = []

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        folder = try TemporaryDirectory(inMemory: true)
        disk = VolatileDisk(root: folder.path, random: random.fork(), isTearing: seed % 2 == 1)
        tenants = (0..<3).map { Tenant(id: TenantID("tenant_\($0)")) }
        options.bufferedBytesMax = 16 * 1_024
        options.textBytesMax = 32 * 1_024
        options.segmentBytesMax = random.pick([54, 100]) * 1_024
        options.growthBytes = 8 * 1_024
        // So that a seed cuts at the same place.
        options.recoveryThreadsMax = 1
        options.inBackground = { body in body() }
        options.synchronizeAll = { [disk] in
            disk.synchronizeAll() ? nil : StorageError(.io, message: "The power went.")
        }
    }

    /// Says what was wrong.
    func run() throws -> [String] {
        defer { disk.remove() }
        for tenant in tenants {
            let identity = TenantIdentity(tenant: tenant.id, epoch: 7, digestKey: Array(0..<32))
            try TenantDatabase.create(path: path(tenant.id), identity: identity)
        }
        _ = disk.synchronizeAll()
        for _ in 0..<5 {
            try start()
            let nth = random.number(in: 1...random.pick([20, 200, 1_000]))
            disk.plan(PowerCut(nth: nth, isAfter: random.isOnce(in: 2)))
            for _ in 0..<random.number(in: 1...random.pick([20, 150])) where disk.isOn { round() }
            end()
            guard faults.isEmpty else { break }
        }
        disk.plan(nil)
        try start()
        end()
        return faults
    }

    private func path(_ tenant: TenantID) -> String { folder.file(tenant.text + ".sqlite") }

    // MARK: Starts and ends

    /// Recovers, while the power may go again, and holds the files against what was answered.
    private func start() throws {
        while true {
            if !disk.isOn { disk.turnOn() }
            if random.isOnce(in: 3) { disk.plan(PowerCut(nth: random.number(in: 1...30))) }
            do throws(StorageError) {
                try recover()
                guard disk.isOn else { continue }
                disk.plan(nil)
                journal = try CommitJournal.open(in: folder.path, options: options)
                for index in tenants.indices {
                    tenants[index].database = try TenantDatabase.open(
                        path: path(tenants[index].id), encoder: MessageEncoder.self)
                }
                return try judge()
            } catch {
                close()
                guard !disk.isOn else { throw error }
            }
        }
    }

    private func recover() throws(StorageError) {
        if forgetsJournal {
            for name in CommitJournal.names { try FileSystem.remove(folder.file(name)) }
            return
        }
        let summary = try JournalRecovery.run(in: folder.path, options: options) { path($0) }
        applied += summary.applied
        for skipped in summary.skipped { faults.append("\(skipped.tenant.text) was skipped: \(skipped.message)") }
        for (name, damage) in summary.damage { faults.append("\(name) is damaged: \(damage)") }
    }

    /// A clean end, a process that is killed, or one that goes with the power.
    private func end() {
        let isClean = random.isOnce(in: 4)
        if isClean {
            for tenant in tenants { tenant.database?.close() }
            journal?.close()
        }
        if disk.isOn, random.isOnce(in: 2) || !isClean { disk.cut() }
        close()
    }

    private func close() {
        retired += journal?.readings.retired ?? 0
        for index in tenants.indices {
            tenants[index].database?.close()
            tenants[index].database = nil
        }
        journal = nil
    }

    // MARK: Work

    /// Some tenants commit, and one sync answers for all of them.
    private func round() {
        var waiting: [(tenant: Int, payment: PaymentID, waiter: Waiter)] = []
        for _ in 0..<random.number(in: 1...4) {
            let index = random.number(in: 0...(tenants.count - 1))
            guard tenants[index].database != nil else { continue }
            do throws(StorageError) {
                if let member = try pay(index) { waiting.append((index, member.0, member.1)) }
            } catch {
                // It can't go on: what was committed is unknown.
                tenants[index].database?.close()
                tenants[index].database = nil
            }
        }
        journal?.settle()
        for member in waiting where member.waiter.isDurable == true {
            tenants[member.tenant].answered.append(member.payment)
        }
        if random.isOnce(in: 20) { tenants[random.number(in: 0...2)].database?.checkpoint() }
    }

    /// Nil: it was made durable by itself, and is answered.
    private func pay(_ index: Int) throws(StorageError) -> (PaymentID, Waiter)? {
        guard let database = tenants[index].database, let journal else { return nil }
        tenants[index].payments += 1
        let payment = Fixture.payment("payment_\(index)_\(tenants[index].payments)")
        let transaction = try database.begin()
        let base: Int64
        var newest: Int64
        do throws(StorageError) {
            base = try transaction.lastSequence()
            newest = base
            try transaction.insert(payment)
            // Not every transaction brings an event.
            if !random.isOnce(in: 8) { newest = try transaction.append(event(payment)) }
        } catch {
            database.rollback(transaction)
            throw error
        }
        guard let redo = try database.commitUnsynced(transaction) else {
            tenants[index].answered.append(payment.id)
            return nil
        }
        defer { RedoRecord.giveBack(redo) }
        let waiter = Waiter()
        guard !journal.append(redo, tenant: tenants[index].id, base: base, newest: newest, for: waiter) else {
            return (payment.id, waiter)
        }
        try database.synchronize()
        tenants[index].answered.append(payment.id)
        return nil
    }

    private func event(_ payment: Payment) -> EventDraft {
        EventDraft(
            id: EventID("event_of_\(payment.id.text)"), type: .paymentCreated, entityType: .payment,
            entity: payment.id.text, verb: "create", after: [1], actor: "principal_test", operation: nil,
            stripeEventID: nil, at: Fixture.start)
    }

    // MARK: Judgement

    private func judge() throws(StorageError) {
        for tenant in tenants {
            guard let database = tenant.database else { continue }
            try database.read { rows throws(StorageError) in
                for id in tenant.answered where try rows.payment(id) == nil { faults.append("\(id.text) is lost") }
            }
            do {
                let lines = try PowerCutTrial.check(database.connection)
                for line in lines { faults.append("integrity_check says \(line)") }
            } catch {
                faults.append("\(tenant.id.text) can't be checked: \(error)")
            }
        }
    }
}
