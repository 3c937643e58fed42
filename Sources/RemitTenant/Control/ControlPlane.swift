package import RemitDomain
package import RemitStorage
import Synchronization

/// control.sqlite on a thread of its own, and in memory all that calls are judged by.
///
/// Reads are from memory and never block; each change is committed first and then replaces what is in memory.
package final class ControlPlane: Sendable {
    private struct Memory {
        var snapshot: ControlSnapshot
        var secrets: [TenantID: TenantSecrets]
        /// Tenants that must be opened: open at the last end, or due one day.
        var marks: [TenantID: TenantMark]
    }

    private let memory: Mutex<Memory>
    private let newestGeneration: Atomic<UInt64>
    private let isBehind = Atomic(false)
    private let desk: ControlDesk
    private let digestKey: SipHash.Key
    package let seal: SecretSeal

    /// Takes over the open control file, finishes or removes what the last end left half-made.
    package init(
        database: ControlDatabase, directory: DataDirectory, clock: any WallClock, randomness: any Randomness
    ) throws(StorageError) {
        try Self.removeHalfMade(database, directory)
        let memory = try Self.read(database)
        seal = database.seal
        let bytes = database.seal.derivedKey("digests", count: 16)
        digestKey = SipHash.Key(low: Self.word(bytes[0..<8]), high: Self.word(bytes[8..<16]))
        newestGeneration = Atomic(memory.snapshot.generation)
        self.memory = Mutex(memory)
        desk = ControlDesk(
            database: database, directory: directory, marks: Array(memory.marks.values), clock: clock,
            randomness: randomness)
    }

    /// Tenants, principals and keys as they are now.
    package var snapshot: ControlSnapshot { memory.withLock { $0.snapshot } }

    /// Raised by every change of a tenant, principal or key; cheap enough to compare on every call.
    package var generation: UInt64 { newestGeneration.load(ordering: .acquiring) }

    /// Whether the file has a change that couldn't be read yet: who isn't known here may be known soon.
    package var mayLackChanges: Bool { isBehind.load(ordering: .acquiring) }

    /// The key of request digests: without it they can't be searched.
    package var requestDigestKey: SipHash.Key { digestKey }

    /// The hash under which an API key is known.
    package func hash(ofAPIKey text: String) -> APIKeyHash { APIKey(text: text).hash }

    /// A tenant's secrets, in memory only; nil for an unknown tenant.
    package func secrets(of tenant: TenantID) -> TenantSecrets? { memory.withLock { $0.secrets[tenant] } }

    package func defaultCurrency(of tenant: TenantID) -> Currency? {
        memory.withLock { $0.snapshot.tenants[tenant]?.defaultCurrency }
    }

    /// A digest of a principal and its idempotency key, for the metadata of what is made at the processor.
    package func keyDigest(_ principal: PrincipalID, _ key: String) -> String {
        var hash = SipHash(key: digestKey)
        hash.combine(principal.text)
        hash.combine(key)
        return String(hash.finalize(), radix: 16)
    }

    /// Makes a tenant: row, file, and a principal with an API key unless it shares another tenant's.
    ///
    /// The same name with the same request gives the one that is there.
    package func createTenant(
        _ tenant: NewTenant, by principal: PrincipalID, key: String?
    ) async throws(PaymentError) -> CreatedTenant {
        let digests = digests(of: tenant)
        let sharer = try sharer(tenant.sharedWith)
        let result = await withCheckedContinuation { continuation in
            let isQueued = desk.run { [self] desk in
                let result = desk.create(tenant, by: principal, key: key, digests, sharing: sharer)
                if case .success(.made(let created, let principal, let hash)) = result {
                    add(created.tenant, principal, hash, desk.database)
                }
                continuation.resume(returning: result)
            }
            if !isQueued { continuation.resume(returning: .failure(.controlUnavailable)) }
        }
        switch try result.get() {
        case .made(let created, _, _): return created
        case .known(let tenant): return CreatedTenant(tenant: tenant, apiKey: nil)
        }
    }

    // MARK: - Marks

    /// The tenants to open now: open at the last end, or due.
    ///
    /// Each is among them until ``noteOpening(_:)``.
    package func tenantsToOpen(at now: Timestamp) -> [TenantID] {
        memory.withLock { memory in
            memory.marks.values.filter { mark in mark.nextDueAt.map { $0 <= now } ?? mark.isOpen }.map(\.tenant)
        }
    }

    /// A tenant is being opened: it needs no opening any more.
    ///
    /// The file keeps its mark, as it is, until the tenant's first write or until it has left.
    package func noteOpening(_ tenant: TenantID) {
        memory.withLock { $0.marks[tenant] = nil }
    }

    /// Marks a tenant open, before its first write; many at once share a commit, and one whose mark in the file is open
    /// still needs none.
    ///
    /// `done(false)`: it couldn't be written.
    package func markOpen(_ tenant: TenantID, _ done: @escaping @Sendable (Bool) -> Void) {
        desk.markOpen(tenant, done)
    }

    /// Keeps a tenant marked open, whose file failed, and has it opened again in a while.
    package func retryOpening(_ tenant: TenantID) {
        let mark = TenantMark(tenant: tenant, isOpen: true, nextDueAt: desk.now + Self.retryMilliseconds)
        memory.withLock { $0.marks[tenant] = mark }
    }

    /// A file that failed is opened again after this, unless a call comes before: long enough for a log to be read.
    private static let retryMilliseconds: Int64 = 60_000

    /// Transactions of marks that were committed since the start.
    package var markCommits: Int { desk.markCommits.load(ordering: .relaxed) }

    /// Marks a tenant cleanly closed.
    ///
    /// Written lazily, and only where the file says otherwise: a mark that stays open after a crash costs one opening.
    package func markClean(_ tenant: TenantID, nextDue: Timestamp?) {
        let mark = TenantMark(tenant: tenant, isOpen: false, nextDueAt: nextDue)
        if nextDue != nil { memory.withLock { $0.marks[tenant] = mark } }
        desk.markClean(mark)
    }

    /// Asks its thread to look at its timers: for clocks that are moved by hand.
    package func clockMoved() { desk.clockMoved() }

    /// Writes what is pending, closes the file and ends the thread.
    package func close() async {
        await withCheckedContinuation { continuation in
            let isQueued = desk.run { desk in
                desk.close()
                continuation.resume()
            }
            if !isQueued { continuation.resume() }
        }
    }

    // MARK: - Parts

    /// The principal that was made with a tenant, which is named by id or name; nil where none is named.
    private func sharer(_ tenant: String?) throws(PaymentError) -> PrincipalRecord? {
        guard let tenant else { return nil }
        let snapshot = snapshot
        let owner = snapshot.tenant(tenant).flatMap { record in
            snapshot.principals.values
                .filter { !$0.isAdmin && $0.name == record.name && $0.tenants.contains(record.id) }
                .min { $0.id.text < $1.id.text }
        }
        guard let owner else { throw .notFound(.tenant, field: "shared_with") }
        return owner
    }

    /// Puts a tenant that is committed into memory.
    private func add(
        _ tenant: TenantRecord, _ principal: PrincipalRecord, _ key: APIKeyHash?, _ database: ControlDatabase
    ) {
        let stored = try? database.read { rows throws(StorageError) in
            (try rows.generation(), try rows.secrets(of: tenant.id))
        }
        guard let (generation, secrets) = stored else {
            isBehind.store(true, ordering: .releasing)
            return catchUpLater()
        }
        memory.withLock { memory in
            memory.snapshot.set(tenant)
            // One that was there may have got other tenants since it was looked up.
            memory.snapshot.principals[principal.id, default: principal].tenants.insert(tenant.id)
            if let key { memory.snapshot.keys[key] = principal.id }
            memory.snapshot.generation = generation
            memory.secrets[tenant.id] = secrets
        }
        newestGeneration.store(generation, ordering: .releasing)
    }

    /// What is committed and couldn't be read is looked for so often.
    static let catchUpMilliseconds: Int64 = 1_000

    private func catchUpLater() {
        desk.run(after: Self.catchUpMilliseconds) { [weak self] desk in self?.catchUp(with: desk.database) }
    }

    /// Reads again all that calls are judged by, and forgets nothing of what isn't in the file: the marks.
    private func catchUp(with database: ControlDatabase) {
        guard let found = try? Self.read(database) else { return catchUpLater() }
        memory.withLock { memory in
            memory.snapshot = found.snapshot
            memory.secrets = found.secrets
        }
        newestGeneration.store(found.snapshot.generation, ordering: .releasing)
        isBehind.store(false, ordering: .releasing)
    }

    private static func read(_ database: ControlDatabase) throws(StorageError) -> Memory {
        try database.read { rows throws(StorageError) in
            let snapshot = try rows.snapshot()
            var secrets: [TenantID: TenantSecrets] = [:]
            for tenant in snapshot.tenants.keys { secrets[tenant] = try rows.secrets(of: tenant) }
            var marks: [TenantID: TenantMark] = [:]
            for mark in try rows.marks() { marks[mark.tenant] = mark }
            return Memory(snapshot: snapshot, secrets: secrets, marks: marks)
        }
    }

    /// Tenants that were being made when the process ended go, with their files; a repeated Create starts over.
    private static func removeHalfMade(
        _ database: ControlDatabase, _ directory: DataDirectory
    ) throws(StorageError) {
        let halfMade = try database.read { rows throws(StorageError) in
            try rows.tenants().filter { $0.state == .creating }
        }
        for tenant in halfMade {
            try directory.removeFiles(of: tenant.id)
            try database.transaction { transaction throws(StorageError) in try transaction.removeCreating(tenant.id) }
        }
    }

    private func digests(of tenant: NewTenant) -> [FieldDigest] {
        var digester = FieldDigester(key: digestKey)
        digester.add("name", tenant.name)
        digester.add("default_currency", tenant.defaultCurrency?.code ?? "")
        digester.add("stripe_secret_key", tenant.stripeSecretKey ?? "")
        digester.add("webhook_secret", tenant.webhookSecret ?? "")
        // Absent where it isn't set: requests from before there was the field are still the same requests.
        if let sharedWith = tenant.sharedWith { digester.add("shared_with", sharedWith) }
        return digester.digests
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
