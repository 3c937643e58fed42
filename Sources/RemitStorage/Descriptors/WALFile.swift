internal import CSQLite
internal import Glibc

/// A WAL whose descriptor may be parked: it stands where SQLite has its WAL's file, and opens the file when it is used.
///
/// It belongs to its connection's thread, and works while the connection holds its ``DescriptorLease``.
final class WALFile {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// Laid over the memory that SQLite gave for the file system's own file, which is larger.
    private struct Header {
        var base: sqlite3_file
        var object: Unmanaged<WALFile>
    }

    private static let failedToSync = SQLITE_IOERR | 4 << 8

    private let system: UnsafeMutablePointer<sqlite3_vfs>
    /// SQLite's own: it lives as long as the connection.
    private let name: UnsafePointer<CChar>
    private let identity: FileIdentity
    private let lease: DescriptorLease
    private let pool: DescriptorPool
    private let sectorBytes: Int32
    private let characteristics: Int32
    /// The file's size, in bytes, as this connection has seen it last.
    private(set) var knownSize: Int64
    /// Whether it was synced, as one that SQLite makes: its name is safe then too.
    private var isSynced = false
    /// Whether what is open was opened as one that SQLite makes: with its first sync, its name is made safe.
    private var isOpenToMake = false
    /// Whether it was open since it took its place: the first time it is opened as SQLite does.
    private var wasOpen = false

    private init(
        _ file: File, system: UnsafeMutablePointer<sqlite3_vfs>, name: UnsafePointer<CChar>, identity: FileIdentity,
        lease: DescriptorLease, pool: DescriptorPool
    ) {
        self.system = system
        self.name = name
        self.identity = identity
        self.lease = lease
        self.pool = pool
        sectorBytes = file.pointee.pMethods.pointee.xSectorSize(file)
        characteristics = file.pointee.pMethods.pointee.xDeviceCharacteristics(file)
        var size: Int64 = 0
        knownSize = file.pointee.pMethods.pointee.xFileSize(file, &size) == SQLITE_OK ? size : 0
    }

    /// Takes the place of an open WAL in a connection that holds its descriptors.
    static func install(
        on connection: OpaquePointer, lease: DescriptorLease, pool: DescriptorPool
    ) throws(StorageError) -> WALFile {
        var file: File?
        var system: UnsafeMutablePointer<sqlite3_vfs>?
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &system)
        guard let file, let methods = file.pointee.pMethods, let system, let lent = lease.held,
            let name = sqlite3_filename_wal(sqlite3_db_filename(connection, "main")),
            let identity = FileIdentity.of(path: String(cString: name))
        else {
            throw StorageError(.io, message: "A WAL that isn't open can't be parked.")
        }
        precondition(
            MemoryLayout<Header>.size <= Int(system.pointee.szOsFile), "The system's files are smaller than ours.")
        let object = WALFile(file, system: system, name: name, identity: identity, lease: lease, pool: pool)
        let code = methods.pointee.xClose(file)
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).initialize(
            to: Header(base: sqlite3_file(pMethods: UnsafePointer(Self.methods)), object: .passRetained(object)))
        guard code == SQLITE_OK else {
            throw StorageError(.io, message: "A WAL couldn't be closed.", sqliteCode: code)
        }
        precondition(lent.log == nil, "A WAL was to be parked twice.")
        return object
    }

    private static func of(_ file: File) -> WALFile {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).pointee.object.takeUnretainedValue()
    }

    /// Whether it is open, or could be opened now.
    var isOpenable: Bool { open() != nil }

    /// Whether its name is still the file's.
    var isInPlace: Bool { FileIdentity.of(path: String(cString: name)) == identity }

    private static func opened(
        _ file: File?, _ body: (WALFile, File, UnsafePointer<sqlite3_io_methods>) -> Int32
    ) -> Int32 {
        guard let file else { return SQLITE_MISUSE }
        let object = of(file)
        guard let log = object.open(), let methods = log.pointee.pMethods else { return SQLITE_IOERR }
        return body(object, log, methods)
    }

    /// The open file; nil: it can't be opened, or the connection doesn't hold its descriptors.
    private func open() -> File? {
        guard let descriptors = lease.held else { return nil }
        if let log = descriptors.log { return log }
        let toMake = !wasOpen
        if let log = openOnce(toMake: toMake)
            ?? (pool.park(atMost: DescriptorPool.parkedAtOnce) ? openOnce(toMake: toMake) : nil)
        {
            descriptors.log = log
            // Whoever replaces a WAL in use breaks the database; nothing is read from it or written to it then.
            if OpenedDescriptor.isOf(identity) || isInPlace {
                pool.lendLog(lease)
                return log
            }
            descriptors.closeLog()
        }
        return nil
    }

    /// As one that is to be made, or as SQLite opens a journal that it finds.
    ///
    /// As a WAL it would be given the database's owner and mode each time, which it has since it was made: four calls of
    /// the system's, and a change of its inode.
    private func openOnce(toMake: Bool) -> File? {
        let bytes = Int(system.pointee.szOsFile)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        let log = memory.assumingMemoryBound(to: sqlite3_file.self)
        let kind = toMake ? SQLITE_OPEN_WAL | SQLITE_OPEN_CREATE : SQLITE_OPEN_SUPER_JOURNAL
        var flags: Int32 = 0
        let code = system.pointee.xOpen(system, name, log, SQLITE_OPEN_READWRITE | kind, &flags)
        guard code == SQLITE_OK, flags & SQLITE_OPEN_READONLY == 0 else {
            if log.pointee.pMethods != nil { _ = log.pointee.pMethods.pointee.xClose(log) }
            memory.deallocate()
            return nil
        }
        isOpenToMake = toMake
        wasOpen = true
        return log
    }

    /// Opens it anew as one that is made, for its first sync: it was parked before that.
    private func openToMake() -> File? {
        guard let descriptors = lease.held, descriptors.closeLog() == SQLITE_OK, let log = openOnce(toMake: true) else {
            return nil
        }
        descriptors.log = log
        guard OpenedDescriptor.isOf(identity) || isInPlace else {
            descriptors.closeLog()
            return nil
        }
        return log
    }

    /// Version 1: a WAL has no shared memory and no mapped pages of its own.
    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 1
        methods.pointee.xClose = { file in
            guard let file else { return SQLITE_MISUSE }
            let header = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self)
            let object = header.pointee.object.takeRetainedValue()
            file.pointee.pMethods = nil
            return object.lease.held?.closeLog() ?? SQLITE_OK
        }
        methods.pointee.xRead = { file, bytes, count, offset in
            WALFile.opened(file) { $2.pointee.xRead($1, bytes, count, offset) }
        }
        methods.pointee.xWrite = { file, bytes, count, offset in
            WALFile.opened(file) { object, log, methods in
                let code = methods.pointee.xWrite(log, bytes, count, offset)
                if code == SQLITE_OK { object.knownSize = max(object.knownSize, offset + Int64(count)) }
                return code
            }
        }
        methods.pointee.xTruncate = { file, size in
            WALFile.opened(file) { object, log, methods in
                let code = methods.pointee.xTruncate(log, size)
                if code == SQLITE_OK { object.knownSize = size }
                return code
            }
        }
        methods.pointee.xSync = { file, flags in
            WALFile.opened(file) { object, log, _ in
                guard let log = object.isSynced || object.isOpenToMake ? log : object.openToMake() else {
                    return WALFile.failedToSync
                }
                let code = log.pointee.pMethods.pointee.xSync(log, flags)
                if code == SQLITE_OK { object.isSynced = true }
                return code
            }
        }
        methods.pointee.xFileSize = { file, size in
            WALFile.opened(file) { object, log, methods in
                let code = methods.pointee.xFileSize(log, size)
                if code == SQLITE_OK, let size { object.knownSize = size.pointee }
                return code
            }
        }
        methods.pointee.xLock = { _, _ in SQLITE_OK }
        methods.pointee.xUnlock = { _, _ in SQLITE_OK }
        methods.pointee.xCheckReservedLock = { _, result in
            result?.pointee = 0
            return SQLITE_OK
        }
        methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        methods.pointee.xSectorSize = { file in file.map { WALFile.of($0).sectorBytes } ?? 0 }
        methods.pointee.xDeviceCharacteristics = { file in file.map { WALFile.of($0).characteristics } ?? 0 }
        return methods
    }()
}
