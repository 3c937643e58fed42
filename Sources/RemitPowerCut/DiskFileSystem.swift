import CSQLite
import Glibc
import Synchronization

/// SQLite's file system of this process, once a ``VolatileDisk`` was made: its own, with the disks' folders set apart.
enum DiskFileSystem {
    private static let disks = Mutex<[String: VolatileDisk]>([:])

    /// The system's file system, which does the work.
    // Reason: SQLite registers it before any disk is made, and neither frees nor changes it.
    nonisolated(unsafe) static let system: UnsafeMutablePointer<sqlite3_vfs> = {
        guard let system = sqlite3_vfs_find("unix") else { preconditionFailure("This SQLite has no unix file system.") }
        return system
    }()

    /// Ours, as SQLite's default.
    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let registered: UnsafeMutablePointer<sqlite3_vfs> = {
        let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        ours.initialize(to: system.pointee)
        ours.pointee.pNext = nil
        ours.pointee.zName = UnsafePointer(strdup("remit-volatile-disk"))
        ours.pointee.szOsFile = Int32(OpenFile.headerBytes) + system.pointee.szOsFile
        ours.pointee.xOpen = openFile
        ours.pointee.xDelete = deleteFile
        let code = sqlite3_vfs_register(ours, 1)
        precondition(code == SQLITE_OK, "SQLite takes no other file system.")
        return ours
    }()

    static func add(_ disk: VolatileDisk) {
        _ = registered
        disks.withLock { $0[disk.root] = disk }
    }

    static func remove(_ disk: VolatileDisk) {
        disks.withLock { $0[disk.root] = nil }
    }

    /// The disk that a file is on; nil: the system's.
    static func disk(of name: String) -> VolatileDisk? {
        disks.withLock { disks in
            guard !disks.isEmpty else { return nil }
            return disks.values.first { name.hasPrefix($0.root + "/") }
        }
    }
}

private func openFile(
    _: UnsafeMutablePointer<sqlite3_vfs>?, _ path: sqlite3_filename?, _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ flags: Int32, _ flagsOut: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let file, let open = DiskFileSystem.system.pointee.xOpen else { return SQLITE_CANTOPEN }
    guard let path, let disk = DiskFileSystem.disk(of: String(cString: path)) else {
        return open(DiskFileSystem.system, path, file, flags, flagsOut)
    }
    return OpenFile.open(file, on: disk, name: String(cString: path), flags: flags) { inner in
        open(DiskFileSystem.system, path, inner, flags, flagsOut)
    }
}

private func deleteFile(_: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?, _ syncsFolder: Int32)
    -> Int32
{
    guard let path, let delete = DiskFileSystem.system.pointee.xDelete else { return SQLITE_IOERR }
    let forward = { delete(DiskFileSystem.system, path, syncsFolder) }
    guard let disk = DiskFileSystem.disk(of: String(cString: path)) else { return forward() }
    return disk.delete(String(cString: path), syncsFolder: syncsFolder != 0, delete: forward)
}
