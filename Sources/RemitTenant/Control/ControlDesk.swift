import RemitDomain
import RemitStorage
import Synchronization

/// The thread that writes control.sqlite.
// @unchecked: all but `pending` and `markCommits` is touched on the desk's own thread only, by the jobs that it runs.
final class ControlDesk: @unchecked Sendable {
    typealias Job = @Sendable (ControlDesk) -> Void

    private struct Pending {
        /// What the file says of each tenant.
        var stored: StoredMarks
        var open: [(tenant: TenantID, done: @Sendable (Bool) -> Void)] = []
        /// Clean marks that aren't written yet.
        var clean: [TenantID: TenantMark] = [:]
        var isFlushQueued = false
    }

    let database: ControlDatabase
    private let directory: DataDirectory
    private let clock: any WallClock
    private let thread: StoragePool
    private var ids: IdentifierGenerator
    private let pending: Mutex<Pending>
    /// Transactions of marks that were committed.
    let markCommits = Atomic<Int>(0)
    private var isClosed = false

    /// Clean marks wait at most so long, for others to share a commit with and for their tenants to come back: one that
    /// writes again meanwhile needs no mark, and after a crash those who left meanwhile are opened once for nothing.
    static let cleanDelayMilliseconds: Int64 = 30_000

    /// `marks`: those that the file has.
    init(
        database: ControlDatabase, directory: DataDirectory, marks: [TenantMark], clock: any WallClock,
        randomness: any Randomness
    ) {
        self.database = database
        pending = Mutex(Pending(stored: StoredMarks(marks)))
        self.directory = directory
        self.clock = clock
        thread = StoragePool(threads: 1, cores: 1, clock: clock)
        ids = IdentifierGenerator(clock: clock, randomness: randomness)
    }

    /// Runs a job on the desk's thread.
    ///
    /// False: the thread has ended, and the job never runs.
    @discardableResult
    func run(_ job: @escaping Job) -> Bool {
        thread.enqueue(turnOf: ThreadJob { [self] in job(self) })
    }

    /// Runs a job on the desk's thread in a while; never, when that ends before.
    func run(after milliseconds: Int64, _ job: @escaping Job) {
        thread.setTimer(
            of: ThreadJob { [self] in run { desk in if !desk.isClosed { job(desk) } } }, at: clock.now() + milliseconds)
    }

    var now: Timestamp { clock.now() }

    func clockMoved() { thread.clockMoved() }

    func markOpen(_ tenant: TenantID, _ done: @escaping @Sendable (Bool) -> Void) {
        let (isOpenStill, mustQueue) = pending.withLock { pending in
            pending.clean[tenant] = nil
            if pending.stored.isOpen(tenant) { return (true, false) }
            pending.open.append((tenant, done))
            return (false, pending.open.count == 1)
        }
        if isOpenStill { return done(true) }
        if mustQueue, !run({ $0.flushOpen() }) { done(false) }
    }

    func markClean(_ mark: TenantMark) {
        let mustQueue = pending.withLock { pending in
            guard !pending.stored.holds(mark) else { return false }
            pending.clean[mark.tenant] = mark
            defer { pending.isFlushQueued = true }
            return !pending.isFlushQueued
        }
        guard mustQueue else { return }
        thread.setTimer(
            of: ThreadJob { [self] in run { $0.flushClean() } }, at: clock.now() + Self.cleanDelayMilliseconds)
    }

    /// Writes the open marks that are waited for, in one transaction.
    private func flushOpen() {
        let open = pending.withLock { pending in
            defer { pending.open = [] }
            return pending.open
        }
        let isMarked = write(open.map { TenantMark(tenant: $0.tenant, isOpen: true) })
        for waiting in open { waiting.done(isMarked) }
    }

    /// Writes the clean marks, in one transaction.
    private func flushClean() {
        let clean = pending.withLock { pending in
            defer { (pending.clean, pending.isFlushQueued) = ([:], false) }
            // From here on the file may say so, and no tenant writes in the belief that it is marked open.
            for tenant in pending.clean.keys { pending.stored.forget(tenant) }
            return Array(pending.clean.values)
        }
        _ = write(clean)
    }

    /// False: the file doesn't have them, or it isn't known.
    private func write(_ marks: [TenantMark]) -> Bool {
        guard !marks.isEmpty else { return true }
        guard !isClosed else { return false }
        do throws(StorageError) {
            try database.transaction { transaction throws(StorageError) in try transaction.set(marks) }
        } catch {
            return false
        }
        markCommits.add(1, ordering: .relaxed)
        pending.withLock { pending in
            for mark in marks { pending.stored.set(mark) }
        }
        return true
    }

    func close() {
        flushOpen()
        flushClean()
        isClosed = true
        database.close()
        thread.stop()
    }

    // MARK: - Tenants

    /// What a creation has come to.
    enum Creation {
        /// Made now; its principal and, where that is new, the hash of its key.
        case made(CreatedTenant, PrincipalRecord, APIKeyHash?)
        /// It was there, under the same request.
        case known(TenantRecord)
    }

    /// Row *creating* COMMIT → file, durable → principal, key and *active* COMMIT.
    ///
    /// The name makes it idempotent, whoever asks and under whichever key; a key makes sure that it is one request.
    func create(
        _ request: NewTenant, by principal: PrincipalID, key: String?, _ digests: [FieldDigest],
        sharing sharer: PrincipalRecord?
    ) -> Result<Creation, PaymentError> {
        guard !isClosed else { return .failure(.controlUnavailable) }
        do throws(StorageError) {
            if let earlier = try earlier(request, principal, key, digests) { return earlier }
            let tenant = TenantRecord(
                id: ids.next(), name: request.name, state: .creating, defaultCurrency: request.defaultCurrency,
                stripeConfigured: request.stripeSecretKey != nil, webhookConfigured: request.webhookSecret != nil,
                createdAt: clock.now())
            try insert(tenant, request)
            try makeFile(of: tenant.id)
            return .success(try activate(tenant, principal, key, digests, sharing: sharer))
        } catch {
            return .failure(.controlUnavailable)
        }
    }

    private func earlier(
        _ request: NewTenant, _ principal: PrincipalID, _ key: String?, _ digests: [FieldDigest]
    ) throws(StorageError) -> Result<Creation, PaymentError>? {
        var named: TenantRecord?
        var underKey: Operation?
        var underName: Operation?
        try database.read { rows throws(StorageError) in
            named = try rows.tenant(named: request.name)
            if let key { underKey = try rows.operation(of: principal, key: key) }
            underName = try rows.operation(of: Self.names, key: request.name)
        }
        if let underKey, let field = FieldDigest.mismatch(between: underKey.digests, and: digests) {
            return .failure(.idempotencyMismatch(field: field))
        }
        guard let named else { return nil }
        guard named.state != .creating else {
            // Its making failed half-way while this process ran: start over, as at a start.
            try directory.removeFiles(of: named.id)
            try database.transaction { transaction throws(StorageError) in try transaction.removeCreating(named.id) }
            return nil
        }
        if let field = FieldDigest.mismatch(between: underName?.digests ?? [], and: digests) {
            return .failure(key == nil ? .idempotencyMismatch(field: field) : .alreadyExists(.tenant, field: "name"))
        }
        if let key, underKey == nil {
            // From now on this key, too, belongs to this request.
            let operation = operation(of: principal, key, digests, named)
            try database.transaction { transaction throws(StorageError) in try transaction.insert(operation) }
        }
        return .success(.known(named))
    }

    private func insert(_ tenant: TenantRecord, _ request: NewTenant) throws(StorageError) {
        try database.transaction { transaction throws(StorageError) in
            try transaction.insert(tenant)
            if let key = request.stripeSecretKey {
                let account = TenantSecrets.StripeAccount(
                    account: "", livemode: !key.contains("_test_"), key: key)
                try transaction.setStripeAccount(account, of: tenant.id)
            }
            if let secret = request.webhookSecret { try transaction.setWebhookSecrets([secret], of: tenant.id) }
        }
    }

    private func makeFile(of tenant: TenantID) throws(StorageError) {
        try directory.removeFiles(of: tenant)
        var random = SystemRandomNumberGenerator()
        let digestKey = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let epoch = Int64.random(in: 1 ... .max, using: &random)
        let identity = TenantIdentity(tenant: tenant, epoch: epoch, digestKey: digestKey)
        try TenantFile.create(path: directory.tenantPath(tenant), identity: identity)
    }

    private func activate(
        _ tenant: TenantRecord, _ creator: PrincipalID, _ key: String?, _ digests: [FieldDigest],
        sharing sharer: PrincipalRecord?
    ) throws(StorageError) -> Creation {
        var random = SystemRandomNumberGenerator()
        let apiKey = sharer == nil ? APIKey.make(using: &random) : nil
        let principal = sharer ?? PrincipalRecord(id: ids.next(), name: tenant.name, tenants: [tenant.id])
        var operations = [operation(of: Self.names, tenant.name, digests, tenant)]
        if let key { operations.append(operation(of: creator, key, digests, tenant)) }
        try database.transaction { transaction throws(StorageError) in
            if let apiKey {
                try transaction.insert(principal, at: clock.now())
                try transaction.insert(apiKey, of: principal.id, at: clock.now())
            } else {
                try transaction.grant(tenant.id, to: principal.id)
            }
            for operation in operations { try transaction.insert(operation) }
            try transaction.setState(.active, of: tenant.id)
        }
        var active = tenant
        active.state = .active
        return .made(CreatedTenant(tenant: active, apiKey: apiKey?.text), principal, apiKey?.hash)
    }

    /// Who holds the keys that are tenants' names: no principal of anybody's.
    private static let names = PrincipalID("names")

    private func operation(
        of principal: PrincipalID, _ key: String, _ digests: [FieldDigest], _ tenant: TenantRecord
    ) -> Operation {
        var operation = Operation(
            id: ids.next(), principal: principal, key: key, method: .createTenant, digests: digests,
            entity: tenant.id.text, payment: nil, createdAt: clock.now())
        _ = operation.finishSucceeded(replySequence: nil)
        return operation
    }
}
