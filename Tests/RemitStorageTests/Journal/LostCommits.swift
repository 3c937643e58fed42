import Foundation
import RemitDomain
import RemitTesting

@testable import RemitStorage

/// Tenants' files, their journal, and what a cut of the power does to the files: they are as of an earlier time.
final class LostCommits {
    let folder: TemporaryDirectory
    private var live: CommitJournal?
    private var saved: [String: [(path: String, content: Data)]] = [:]
    private var numbers: [TenantID: Int] = [:]

    /// With the files of some tenants.
    init(of tenants: [TenantID] = [], _ options: JournalOptions = options) throws {
        folder = try TemporaryDirectory()
        live = try CommitJournal.open(in: folder.path, options: options)
        for tenant in tenants { try create(tenant) }
    }

    /// Small segments, and background work that is done at once.
    static var options: JournalOptions {
        var options = JournalOptions()
        options.bufferedBytesMax = 8_192
        options.textBytesMax = 64 * 1_024
        options.segmentBytesMax = 128 * 1_024
        options.growthBytes = 16 * 1_024
        options.inBackground = { body in body() }
        return options
    }

    func path(_ tenant: TenantID) -> String { folder.file(tenant.text + ".sqlite") }

    func create(_ tenant: TenantID) throws {
        let identity = TenantIdentity(tenant: tenant, epoch: 7, digestKey: Array(0..<32))
        try TenantDatabase.create(path: path(tenant), identity: identity)
    }

    func open(_ tenant: TenantID) throws -> TenantDatabase {
        try TenantDatabase.open(path: path(tenant), tenant: tenant, encoder: TextEncoder.self)
    }

    /// A payment and an event, in a transaction whose sync is the journal's; false: it was left to the tenant.
    @discardableResult
    func pay(_ database: TenantDatabase, settles: Bool = true) throws -> Bool {
        let tenant = database.identity.tenant
        let number = (numbers[tenant] ?? 0) + 1
        numbers[tenant] = number
        let transaction = try database.begin()
        let base = try transaction.lastSequence()
        var payment = Fixture.fullPayment("payment_\(number)")
        payment.stripePaymentID = "pi_\(number)"
        try transaction.insert(payment)
        let newest = try transaction.append(Fixture.event("event_\(number)", entity: payment.id.text))
        guard let redo = try database.commitUnsynced(transaction) else { return false }
        defer { RedoRecord.giveBack(redo) }
        let isTaken = journal.append(
            redo, tenant: tenant, base: base, newest: newest, for: JournalRig.Waiter())
        if settles { journal.settle() }
        return isTaken
    }

    /// The process ends without a word; its journal stays as it is.
    func abandon() {
        live = nil
    }

    var journal: CommitJournal {
        guard let live else { preconditionFailure("The journal was abandoned.") }
        return live
    }

    // MARK: Files

    func files(of tenant: TenantID) -> [String] { ["", "-wal"].map { path(tenant) + $0 } }

    /// Keeps a tenant's files as they are now.
    func save(_ tenant: TenantID, as name: String = "") throws {
        saved[tenant.text + name] = files(of: tenant).compactMap { path in
            FileManager.default.contents(atPath: path).map { (path, $0) }
        }
    }

    /// Makes a tenant's files what they were; nobody has them open.
    func lose(_ tenant: TenantID, to name: String = "") throws {
        for suffix in ["", "-wal", "-shm"] { try FileSystem.remove(path(tenant) + suffix) }
        for (path, content) in saved[tenant.text + name] ?? [] { try content.write(to: URL(fileURLWithPath: path)) }
    }

    /// All rows of all tables.
    func dump(_ tenant: TenantID) throws -> [String] {
        let database = try Database(path: path(tenant))
        defer { database.close() }
        var lines: [String] = []
        for table in try texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
            let columns = try texts(database, "SELECT 'quote(' || name || ')' FROM pragma_table_info('\(table)')")
            lines += try texts(
                database,
                "SELECT '\(table) ' || \(columns.joined(separator: " || ' ' || ")) FROM \(table) ORDER BY 1")
        }
        return lines
    }

    func texts(_ database: Database, _ sql: String) throws -> [String] {
        let statement = try database.queryStatement(sql)
        defer { statement.reset() }
        var lines: [String] = []
        while try statement.step() { lines.append(statement.text()) }
        return lines
    }

    func recover(_ options: JournalOptions = options) throws -> JournalRecovery.Summary {
        try JournalRecovery.run(in: folder.path, options: options) { path($0) }
    }

    /// The events to which records lead that are kept.
    func kept() throws -> [TenantID: [Int64]] {
        var found: [TenantID: [Int64]] = [:]
        let folder = folder.file(KeptCommits.folderName)
        for name in try FileSystem.names(in: folder).sorted() where name.hasSuffix(".journal") {
            let records = try SegmentScan(of: JournalFile(path: folder + "/" + name)).records
            for record in records { found[record.tenant, default: []].append(record.newest) }
        }
        return found
    }
}
