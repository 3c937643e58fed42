internal import CSQLite
internal import Glibc
internal import Synchronization

/// One connection's wal-index: the file beside the database by which connections find what is in the WAL.
///
/// It keeps SQLite's own protocol with other processes: the same file, the same bytes, the same locks. Two things
/// differ from SQLite's unix files. The locks are the descriptor's, not the process's, so that each connection has a
/// descriptor of its own and needs no table of the process's connections. And the descriptor can be given back while the
/// connection does nothing (parking): the mapped pages stay, and are not touched until ``resume(_:_:)``.
///
/// On most file systems the mapped pages keep the lock that says “this wal-index is in use” (``inUseByte``), since they
/// keep the description that the descriptor stood for; on some, such as overlays, they don't. So it is not relied on.
/// While the connection is parked, another process may:
/// - open the file and close it without truncating it, because somebody holds that lock: as beside one at rest;
/// - be the first to take that lock, truncate the file and build it anew from the WAL. It is the same file, for the
///   database's own lock, which stays, keeps everybody from deleting it. ``resume(_:_:)`` sees by the
///   mark that what SQLite remembers of it is void. A shorter file is extended first: a mapped page must exist;
/// - be about to do so: it holds the lock alone, and resuming waits for it;
/// - die at any of these steps: the header is invalid until the file is whole, and whoever reads it next rebuilds it;
/// - write, or copy the WAL's pages back: the header changes, as beside a connection at rest.
///
/// The file needs no truncating on resuming, nor when another connection of this process knows it: it is truncated
/// because a crash of the system may have spoiled it, and there was none since this process has seen it.
///
/// A read lock that its reader has done with may be kept for the next one: ``keepsReadLocks``.
final class WALIndex {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// What the database file's `pMethods` points to: the methods come first, and who they work for is found behind them.
    private struct Table {
        var methods: sqlite3_io_methods
        var index: Unmanaged<WALIndex>
    }

    /// Why a wal-index couldn't be taken up again.
    enum Failure: Error {
        /// Another process has it to itself.
        case busy
        /// No descriptor left, in the process or in the system.
        case noDescriptor
        /// The name is another file's or nobody's, or the system failed.
        case lost
    }

    /// SQLite's locks: the byte of the first of eight in the file, and that of “in use”.
    static let lockByte = 120
    static let inUseByte = 128
    /// The first three locks are the writer's, the checkpoint's and the recovery's; of the others, which are readers', the
    /// first is for those who need nothing of the WAL.
    private static let firstRead = 3
    /// The lock under which alone the file grows.
    private static let writeLock = 120
    /// Four bytes after all that SQLite keeps in the header, kept for its future: they change with each truncation,
    /// because they are 0 after it, and then a random number.
    static let markOffset = 132
    /// How many frames the WAL has, in the header; and the first of five readers' marks, four bytes each, behind it.
    static let framesOffset = 16
    static let marksOffset = 100
    /// Frames committed since a kept lock's mark was set, after which it is set anew: those of some twenty payments.
    static let framesBehindMax: UInt32 = 256
    /// SQLite's own choice for a file that is to be built anew.
    private static let truncatedBytes = 3
    private static let pageBytes = 4_096

    private static let shmOpen = SQLITE_IOERR | 18 << 8
    private static let shmSize = SQLITE_IOERR | 19 << 8
    private static let shmLock = SQLITE_IOERR | 20 << 8
    private static let shmMap = SQLITE_IOERR | 21 << 8

    /// Wal-indexes that this process has mapped, and how many of its connections have.
    private static let known = Mutex<[FileIdentity: Int]>([:])

    let lease: DescriptorLease
    /// The database file's own methods.
    let inner: UnsafePointer<sqlite3_io_methods>
    let databaseLock: DatabaseLock
    private let databasePath: String
    private let path: String
    private var identity: FileIdentity?
    /// Mapped pieces, one for each of SQLite's regions, or for more where the system's pages are larger.
    private var regions: [UnsafeMutableRawPointer] = []
    private var mappings: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
    private var mark: UInt32 = 0
    private var size = KnownFileSize()
    /// Counts the headers that others have made anew, and that were given up.
    private var generation = 0
    /// Locks that are held, a bit each; the one that is kept is none of them.
    private var shared: UInt16 = 0
    private var exclusive: UInt16 = 0
    /// Whether the lock of a reader that has ended is kept for the next one: two of the system's calls less for each.
    ///
    /// To hold a read lock longer than needed is within SQLite's protocol: it is a reader that does nothing. It keeps
    /// others from copying all of the WAL back and beginning it anew, which is why only a tenant's writer keeps one: who
    /// reads beside it would hold up the writer's own checkpoints. Whatever else the connection locks gives it up first,
    /// so that its own checkpoints and restarts of the WAL aren't held up; so does being parked. For other processes the
    /// owner must give it up when nobody reads for a while: ``ConnectionDescriptors/giveUpReadLock()``.
    ///
    /// Its mark, up to which others may copy the WAL back, stays where it is for some commits: ``markSuffices(_:)``.
    var keepsReadLocks = false

    private init(
        inner: UnsafePointer<sqlite3_io_methods>, path: String, lock: DatabaseLock, lease: DescriptorLease
    ) {
        self.inner = inner
        databaseLock = lock
        self.lease = lease
        databasePath = path
        self.path = path + "-shm"
    }

    deinit { unmap(deletes: false) }

    /// Takes the methods of the wal-index and of locks over from a database's open file, before anything used them.
    ///
    /// `path` is the file's full path, as SQLite has it.
    static func install(on file: File, path: String, lock: DatabaseLock, lease: DescriptorLease) -> WALIndex {
        guard let inner = file.pointee.pMethods else { preconditionFailure("The methods of a closed file were asked.") }
        let index = WALIndex(inner: inner, path: path, lock: lock, lease: lease)
        var methods = inner.pointee
        setLock(of: &methods)
        methods.xShmMap = { file, region, size, extends, address in
            guard let file, let address else { return SQLITE_MISUSE }
            return WALIndex.of(file).region(Int(region), bytes: Int(size), extends: extends != 0, at: address)
        }
        methods.xShmLock = { file, first, count, flags in
            guard let file else { return SQLITE_MISUSE }
            return WALIndex.of(file).lock(Int(first), Int(count), flags)
        }
        methods.xFileSize = { file, size in
            guard let file, let size else { return SQLITE_MISUSE }
            return WALIndex.of(file).fileSize(of: file, size)
        }
        methods.xShmBarrier = { _ in atomicMemoryFence(ordering: .sequentiallyConsistent) }
        methods.xShmUnmap = { file, deletes in
            guard let file else { return SQLITE_MISUSE }
            WALIndex.of(file).unmap(deletes: deletes != 0)
            return SQLITE_OK
        }
        methods.xClose = { file in
            guard let file else { return SQLITE_MISUSE }
            let table = WALIndex.table(of: file)
            let index = table.pointee.index.takeRetainedValue()
            table.deallocate()
            file.pointee.pMethods = index.inner
            return index.inner.pointee.xClose(file)
        }
        let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
        table.initialize(to: Table(methods: methods, index: .passRetained(index)))
        file.pointee.pMethods = UnsafeRawPointer(table).assumingMemoryBound(to: sqlite3_io_methods.self)
        return index
    }

    private static func table(of file: File) -> UnsafeMutablePointer<Table> {
        guard let methods = file.pointee.pMethods else { preconditionFailure("A closed database file was used.") }
        return UnsafeMutableRawPointer(mutating: methods).assumingMemoryBound(to: Table.self)
    }

    static func of(_ file: File) -> WALIndex {
        table(of: file).pointee.index.takeUnretainedValue()
    }

    // MARK: Opening

    /// Opens the file for the first time; SQLite's code.
    private func open(_ descriptors: LentDescriptors) -> Int32 {
        var status = stat()
        guard lstat(databasePath, &status) == 0 else { return Self.shmOpen }
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        let descriptor = Glibc.open(path, flags, status.st_mode & 0o777)
        guard descriptor >= 0 else { return SQLITE_CANTOPEN }
        descriptors.index = descriptor
        // Made by root, it is still the database's owner's.
        if geteuid() == 0 { _ = fchown(descriptor, status.st_uid, status.st_gid) }
        guard let identity = FileIdentity.of(descriptor: descriptor)?.identity else {
            descriptors.closeIndex()
            return Self.shmOpen
        }
        let isKnown = Self.known.withLock { known in
            guard known[identity] != nil else { return false }
            known[identity, default: 0] += 1
            return true
        }
        let code = isKnown ? shareUse(descriptor) : beginUse(descriptor)
        guard code == SQLITE_OK else {
            if isKnown { Self.forget(identity) }
            descriptors.closeIndex()
            return code
        }
        if !isKnown { Self.known.withLock { $0[identity, default: 0] += 1 } }
        self.identity = identity
        return SQLITE_OK
    }

    /// SQLite's protocol: the first one to use the file truncates it, for a crash may have spoiled it.
    private func beginUse(_ descriptor: Int32) -> Int32 {
        let others = FileLock.others(descriptor, at: Self.inUseByte)
        guard !others.failed, others.kind != .exclusive else { return others.failed ? Self.shmLock : SQLITE_BUSY }
        if others.kind == nil {
            let code = Self.code(FileLock.take(.exclusive, descriptor, at: Self.inUseByte))
            guard code == SQLITE_OK else { return code }
            guard ftruncate(descriptor, Self.truncatedBytes) == 0 else { return Self.shmOpen }
        }
        return shareUse(descriptor)
    }

    private func shareUse(_ descriptor: Int32) -> Int32 {
        Self.code(FileLock.take(.shared, descriptor, at: Self.inUseByte))
    }

    private static func forget(_ identity: FileIdentity) {
        known.withLock { known in
            let count = (known[identity] ?? 1) - 1
            known[identity] = count > 0 ? count : nil
        }
    }

    private static func code(_ outcome: FileLock.Outcome) -> Int32 {
        switch outcome {
        case .granted: SQLITE_OK
        case .refused: SQLITE_BUSY
        case .failed: shmLock
        }
    }

    // MARK: Parking

    /// Whether the connection may be parked: it holds no lock, so it is in no transaction.
    var isAtRest: Bool { shared | exclusive == 0 }

    /// Opens the file again after the descriptors were parked, before SQLite may use the connection.
    ///
    /// True: another process has built it anew, and what SQLite remembers of the database is void.
    func resume(_ descriptors: LentDescriptors, _ patience: LockPatience) throws(Failure) -> Bool {
        guard let identity else { return false }
        let descriptor = Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == EMFILE || errno == ENFILE ? .noDescriptor : .lost }
        descriptors.index = descriptor
        try wait(patience) { FileLock.take(.shared, descriptor, at: Self.inUseByte) }
        guard let found = FileIdentity.of(descriptor: descriptor), found.identity == identity else { throw .lost }
        let bytes = mappings.reduce(0) { $0 + $1.bytes }
        if found.size < bytes {
            try wait(patience) { FileLock.take(.exclusive, descriptor, at: Self.writeLock) }
            guard extend(descriptor, to: bytes) else { throw .lost }
            guard FileLock.release(descriptor, at: Self.writeLock) == .granted else { throw .lost }
        }
        return !isMarked()
    }

    /// Other processes hold these locks for some microseconds, or while they build the wal-index.
    private func wait(_ patience: LockPatience, _ body: () -> FileLock.Outcome) throws(Failure) {
        switch patience.take(body) {
        case .granted: return
        case .failed: throw .lost
        case .refused: throw .busy
        }
    }

    /// Whether the file has the mark that was seen last; sees to it that it has one.
    private func isMarked() -> Bool {
        guard let first = regions.first else { return true }
        let place = (first + Self.markOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
        // A random number is a call of the system's: most of the time none is needed.
        let present = place.pointee.load(ordering: .sequentiallyConsistent)
        if present != 0, present == mark { return true }
        let (wasZero, found) = place.pointee.compareExchange(
            expected: 0, desired: .random(in: 1...UInt32.max), ordering: .sequentiallyConsistent)
        guard wasZero || found != mark else { return true }
        mark = place.pointee.load(ordering: .sequentiallyConsistent)
        forgetHeader()
        return false
    }

    private func forgetHeader() {
        size.forget()
        generation += 1
    }

    // MARK: What is committed

    /// What is committed as of now; nil: nobody has said it yet, or it is just being changed.
    ///
    /// This and ``isCommitted(_:)`` are for connections whose descriptors aren't parked meanwhile: the mapped pages may be
    /// touched only then.
    var committed: CommittedState? {
        guard let first = regions.first else { return nil }
        let header = SeenHeader(at: first)
        guard header.isValid, header.isPresent(at: first) else { return nil }
        return CommittedState(header: header, generation: generation)
    }

    /// Whether nothing was committed, by whomever, since that was so.
    func isCommitted(_ state: CommittedState) -> Bool {
        guard let first = regions.first, state.generation == generation else { return false }
        return state.header.isPresent(at: first)
    }

    // MARK: SQLite's methods

    private func region(
        _ number: Int, bytes: Int, extends: Bool, at address: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> Int32 {
        address.pointee = nil
        guard let descriptors = lease.held else { return Self.shmMap }
        if descriptors.index < 0 {
            let code = open(descriptors)
            guard code == SQLITE_OK else { return code }
        }
        let code = number < regions.count ? SQLITE_OK : map(number, bytes, extends: extends, descriptors.index)
        if code == SQLITE_OK, number < regions.count { address.pointee = regions[number] }
        return code
    }

    /// Maps regions up to the one asked for; maps nothing when the file hasn't that many and may not be extended.
    private func map(_ number: Int, _ bytes: Int, extends: Bool, _ descriptor: Int32) -> Int32 {
        let perMapping = max(1, Int(getpagesize()) / bytes)
        let wanted = (number + perMapping) / perMapping * perMapping
        guard let found = FileIdentity.of(descriptor: descriptor) else { return Self.shmSize }
        if found.size < wanted * bytes {
            guard extends else { return SQLITE_OK }
            guard extend(descriptor, to: wanted * bytes) else { return Self.shmSize }
        }
        while regions.count < wanted {
            let mapped = mmap(
                nil, bytes * perMapping, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, regions.count * bytes)
            guard let mapped, mapped != MAP_FAILED else { return Self.shmMap }
            mappings.append((mapped, bytes * perMapping))
            for place in 0..<perMapping { regions.append(mapped + place * bytes) }
        }
        // The first look only takes the mark in.
        if mark == 0 { _ = isMarked() }
        return SQLITE_OK
    }

    /// Writes into every new page, so that the file system has room for it before it is touched in memory.
    private func extend(_ descriptor: Int32, to bytes: Int) -> Bool {
        guard let found = FileIdentity.of(descriptor: descriptor) else { return false }
        var zero: UInt8 = 0
        for page in found.size / Self.pageBytes..<max(found.size, bytes) / Self.pageBytes {
            guard pwrite(descriptor, &zero, 1, (page + 1) * Self.pageBytes - 1) == 1 else { return false }
        }
        return true
    }

    /// The database's own size: asked for with each read while nothing was written, and then the same.
    private func fileSize(of file: File, _ bytes: UnsafeMutablePointer<Int64>) -> Int32 {
        // The mapped pages may be touched only while the connection isn't parked.
        guard lease.held != nil, let first = regions.first else { return inner.pointee.xFileSize(file, bytes) }
        let header = UnsafeRawPointer(first)
        if let known = size.known(by: header) {
            bytes.pointee = known
            return SQLITE_OK
        }
        size.begin(header)
        let code = inner.pointee.xFileSize(file, bytes)
        if code == SQLITE_OK { size.end(bytes.pointee, header) }
        return code
    }

    private func lock(_ first: Int, _ count: Int, _ flags: Int32) -> Int32 {
        guard let descriptors = lease.held, descriptors.index >= 0 else { return Self.shmLock }
        let mask = UInt16(truncatingIfNeeded: (1 << (first + count)) - (1 << first))
        let start = Self.lockByte + first
        if flags & SQLITE_SHM_UNLOCK != 0 { return unlock(descriptors, mask, at: start, count: count) }
        let isShared = flags & SQLITE_SHM_SHARED != 0
        if isShared, shared & mask != 0 { return SQLITE_OK }
        if !isShared, count == 1, start > Self.lockByte + Self.firstRead, markSuffices(descriptors) {
            return SQLITE_BUSY
        }
        if count == 1, descriptors.keptLock == start {
            // The lock that is kept, or the same made stronger: where that is refused, it stays as it is.
            let code = isShared ? SQLITE_OK : Self.code(FileLock.take(.exclusive, descriptors.index, at: start))
            guard code == SQLITE_OK else { return code }
            descriptors.keptLock = nil
        } else {
            descriptors.releaseKeptLock()
            let kind: FileLock.Kind = isShared ? .shared : .exclusive
            let code = Self.code(FileLock.take(kind, descriptors.index, at: start, count: count))
            guard code == SQLITE_OK else { return code }
        }
        if isShared { shared |= mask } else { exclusive |= mask }
        return SQLITE_OK
    }

    /// Whether a reader needs no newer mark than that of the lock that is kept: it is then told that all are in use.
    ///
    /// A reader marks how much of the WAL it needs at least, for which it must have the mark's lock alone for a moment:
    /// two of the system's calls. Where others have all of them, SQLite reads under the highest mark that isn't beyond
    /// what is committed. That keeps others from copying back what comes after it, so it mustn't stay for long. Who
    /// checkpoints, begins the WAL anew or builds the wal-index anew asks for the same locks, and has locked something
    /// else before.
    private func markSuffices(_ descriptors: LentDescriptors) -> Bool {
        guard shared | exclusive == 0, let kept = descriptors.keptLock, kept > Self.lockByte + Self.firstRead,
            let first = regions.first
        else { return false }
        let place = Self.marksOffset + 4 * (kept - Self.lockByte - Self.firstRead)
        let mark = UnsafeRawPointer(first).load(fromByteOffset: place, as: UInt32.self)
        let committed = UnsafeRawPointer(first).load(fromByteOffset: Self.framesOffset, as: UInt32.self)
        return mark <= committed && committed - mark <= Self.framesBehindMax
    }

    private func unlock(_ descriptors: LentDescriptors, _ mask: UInt16, at start: Int, count: Int) -> Int32 {
        guard (shared | exclusive) & mask != 0 else { return SQLITE_OK }
        if keepsReadLocks, count == 1, start >= Self.lockByte + Self.firstRead, descriptors.keptLock == nil,
            keep(descriptors, isExclusive: exclusive & mask != 0, at: start)
        {
            descriptors.keptLock = start
        } else {
            let code = Self.code(FileLock.release(descriptors.index, at: start, count: count))
            guard code == SQLITE_OK else { return code }
        }
        shared &= ~mask
        exclusive &= ~mask
        return SQLITE_OK
    }

    /// Whether a read lock that is given back stays, shared.
    ///
    /// Who had it alone has set the mark of readers that need the WAL, and reads under it next.
    private func keep(_ descriptors: LentDescriptors, isExclusive: Bool, at start: Int) -> Bool {
        guard isExclusive else { return true }
        guard start > Self.lockByte + Self.firstRead else { return false }
        return FileLock.take(.shared, descriptors.index, at: start) == .granted
    }

    private func unmap(deletes: Bool) {
        for mapping in mappings { munmap(mapping.start, mapping.bytes) }
        mappings = []
        regions = []
        mark = 0
        forgetHeader()
        (shared, exclusive) = (0, 0)
        if let identity {
            // The name may be another file's by now.
            if deletes, FileIdentity.of(path: path) == identity { unlink(path) }
            Self.forget(identity)
        }
        identity = nil
        lease.held?.closeIndex()
    }
}
