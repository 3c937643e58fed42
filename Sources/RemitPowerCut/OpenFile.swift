import CSQLite

/// A file that SQLite has open on a ``VolatileDisk``: a header of ours, then the system's own file.
final class OpenFile {
    /// What SQLite gives us memory for: its methods, our object, then the system's file.
    private struct Header {
        var base: sqlite3_file
        var object: UnsafeMutableRawPointer?
    }

    static let headerBytes = MemoryLayout<Header>.stride

    typealias File = UnsafeMutablePointer<sqlite3_file>

    private let disk: VolatileDisk
    private let handle: VolatileDisk.Handle
    private let inner: File
    private let kind: Kind
    /// The first sync of a journal or a log that was opened to be made, if it wasn't there, makes its name safe too.
    private var syncsFolder: Bool

    private enum Kind { case database, log, journal }

    private init(disk: VolatileDisk, handle: VolatileDisk.Handle, inner: File, kind: Kind, syncsFolder: Bool) {
        self.disk = disk
        self.handle = handle
        self.inner = inner
        self.kind = kind
        self.syncsFolder = syncsFolder
    }

    static func open(_ file: File, on disk: VolatileDisk, name: String, flags: Int32, open: (File) -> Int32) -> Int32 {
        file.pointee.pMethods = nil
        let memory = UnsafeMutableRawPointer(file).advanced(by: headerBytes)
        let inner = memory.assumingMemoryBound(to: sqlite3_file.self)
        let creates = flags & SQLITE_OPEN_CREATE != 0
        let (handle, code) = disk.open(name, creates: creates, open: { open(inner) }, content: { content(of: inner) })
        guard let handle else { return code }
        let kind: Kind =
            switch flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL) {
            case SQLITE_OPEN_MAIN_DB: .database
            case SQLITE_OPEN_WAL: .log
            default: name.hasSuffix("-wal") ? .log : .journal
            }
        let object = OpenFile(
            disk: disk, handle: handle, inner: inner, kind: kind, syncsFolder: kind != .database && creates)
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).pointee.object =
            Unmanaged.passRetained(object).toOpaque()
        file.pointee.pMethods = UnsafePointer(methods)
        return SQLITE_OK
    }

    private static func content(of inner: File) -> [UInt8] {
        var size: Int64 = 0
        let code = inner.pointee.pMethods.pointee.xFileSize(inner, &size)
        precondition(code == SQLITE_OK, "A file can't be measured.")
        guard size > 0 else { return [] }
        var content = [UInt8](repeating: 0, count: Int(size))
        let read = content.withUnsafeMutableBytes {
            inner.pointee.pMethods.pointee.xRead(inner, $0.baseAddress, Int32(size), 0)
        }
        precondition(read == SQLITE_OK, "A file can't be read.")
        return content
    }

    private static func of(_ file: File?) -> OpenFile? {
        guard let file else { return nil }
        let header = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self)
        return header.pointee.object.map { Unmanaged<OpenFile>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What needs power: an error without it.
    private static func powered(_ file: File?, _ body: (File, sqlite3_io_methods) -> Int32) -> Int32 {
        guard let open = of(file), open.disk.serves(open.handle) else { return SQLITE_IOERR }
        return body(open.inner, open.inner.pointee.pMethods.pointee)
    }

    /// What only lets go: it works on dead files too.
    private static func always(_ file: File?, _ body: (File, sqlite3_io_methods) -> Int32) -> Int32 {
        guard let open = of(file) else { return SQLITE_IOERR }
        return body(open.inner, open.inner.pointee.pMethods.pointee)
    }

    // MARK: Methods

    /// Version 2: shared memory, but no mapped pages, past which nobody sees writes.
    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 2
        setChanges(of: methods)
        setRest(of: methods)
        setSharedMemory(of: methods)
        return methods
    }()

    private static func setChanges(of methods: UnsafeMutablePointer<sqlite3_io_methods>) {
        methods.pointee.xWrite = { file, bytes, count, offset in
            guard let open = OpenFile.of(file), let bytes else { return SQLITE_IOERR }
            let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(count))
            return open.disk.write(buffer, at: Int(offset), to: open.handle, as: open.place(of: buffer)) {
                open.inner.pointee.pMethods.pointee.xWrite(open.inner, bytes, count, offset)
            }
        }
        methods.pointee.xTruncate = { file, size in
            guard let open = OpenFile.of(file) else { return SQLITE_IOERR }
            return open.disk.truncate(open.handle, to: Int(size)) {
                open.inner.pointee.pMethods.pointee.xTruncate(open.inner, size)
            }
        }
        methods.pointee.xSync = { file, flags in
            guard let open = OpenFile.of(file) else { return SQLITE_IOERR }
            let code = open.disk.sync(open.handle, isFirst: open.syncsFolder, as: open.placeOfSync) {
                open.inner.pointee.pMethods.pointee.xSync(open.inner, flags)
            }
            if code == SQLITE_OK { open.syncsFolder = false }
            return code
        }
    }

    private func place(of write: UnsafeRawBufferPointer) -> DiskPlace {
        switch kind {
        case .database: .databaseWrite
        // Pages come alone or behind headers, which don't begin with zeros; no page is larger than 8 KiB here.
        case .log: write.count > 8_192 && write.prefix(4).allSatisfy { $0 == 0 } ? .logExtension : .logWrite
        case .journal: .journalWrite
        }
    }

    private var placeOfSync: DiskPlace {
        switch kind {
        case .database: .databaseSync
        case .log: .logSync
        case .journal: .journalSync
        }
    }

    private static func setRest(of methods: UnsafeMutablePointer<sqlite3_io_methods>) {
        methods.pointee.xClose = { file in
            guard let open = OpenFile.of(file), let file else { return SQLITE_IOERR }
            let code = open.inner.pointee.pMethods.pointee.xClose(open.inner)
            UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).pointee.object = nil
            file.pointee.pMethods = nil
            Unmanaged.passUnretained(open).release()
            return code
        }
        methods.pointee.xRead = { file, bytes, count, offset in
            OpenFile.powered(file) { $1.xRead($0, bytes, count, offset) }
        }
        methods.pointee.xFileSize = { file, size in OpenFile.powered(file) { $1.xFileSize($0, size) } }
        methods.pointee.xLock = { file, level in OpenFile.powered(file) { $1.xLock($0, level) } }
        methods.pointee.xUnlock = { file, level in OpenFile.always(file) { $1.xUnlock($0, level) } }
        methods.pointee.xCheckReservedLock = { file, result in
            OpenFile.powered(file) { $1.xCheckReservedLock($0, result) }
        }
        methods.pointee.xFileControl = { file, operation, argument in
            OpenFile.always(file) { $1.xFileControl($0, operation, argument) }
        }
        methods.pointee.xSectorSize = { file in OpenFile.always(file) { $1.xSectorSize($0) } }
        methods.pointee.xDeviceCharacteristics = { file in OpenFile.always(file) { $1.xDeviceCharacteristics($0) } }
    }

    private static func setSharedMemory(of methods: UnsafeMutablePointer<sqlite3_io_methods>) {
        methods.pointee.xShmMap = { file, region, size, extends, address in
            OpenFile.powered(file) { $1.xShmMap($0, region, size, extends, address) }
        }
        methods.pointee.xShmLock = { file, offset, count, flags in
            let releases = flags & SQLITE_SHM_UNLOCK != 0
            let lock = { (inner: File, methods: sqlite3_io_methods) in methods.xShmLock(inner, offset, count, flags) }
            return releases ? OpenFile.always(file, lock) : OpenFile.powered(file, lock)
        }
        methods.pointee.xShmBarrier = { file in
            guard let open = OpenFile.of(file) else { return }
            open.inner.pointee.pMethods.pointee.xShmBarrier(open.inner)
        }
        methods.pointee.xShmUnmap = { file, deletes in
            guard let open = OpenFile.of(file) else { return SQLITE_IOERR }
            // A dead file's name may be another's by now.
            let isAlive = open.disk.serves(open.handle)
            return open.inner.pointee.pMethods.pointee.xShmUnmap(open.inner, isAlive ? deletes : 0)
        }
    }
}
