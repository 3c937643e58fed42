internal import CSQLite
internal import Glibc

/// The file systems of a data directory as a whole: that of the journal, and that of tenants' files where somebody has
/// given them another.
final class SyncedFolder: Sendable {
    private let path: String
    /// What does it instead; nil: the system.
    private let substitute: (@Sendable () -> StorageError?)?
    /// One of each file system, open for as long as the journal is: the system tells it of all errors since then.
    private let descriptors: [Int32]

    init(_ path: String, _ options: JournalOptions) throws(StorageError) {
        self.path = path
        substitute = options.synchronizeAll
        let tenants = path + "/" + DataDirectory.tenantsName
        let paths = FileSystem.exists(tenants) ? [path, tenants] : [path]
        var opened: [Int32] = []
        do throws(StorageError) {
            for path in paths { opened.append(try Self.open(path)) }
        } catch {
            for descriptor in opened { _ = Glibc.close(descriptor) }
            throw error
        }
        if opened.count == 2, Self.device(of: opened[0]) == Self.device(of: opened[1]) {
            _ = Glibc.close(opened.removeLast())
        }
        descriptors = opened
    }

    deinit {
        for descriptor in descriptors { _ = Glibc.close(descriptor) }
    }

    /// How many file systems there are.
    var count: Int { descriptors.count }

    /// Makes all that was written to files there durable, and their names.
    func synchronizeAll() throws(StorageError) {
        if let substitute {
            if let error = substitute() { throw error }
            return
        }
        for descriptor in descriptors {
            guard remit_syncfs(descriptor) == 0 else { throw FileSystem.error("sync the file systems of \(path)") }
        }
    }

    private static func open(_ path: String) throws(StorageError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystem.error("open \(path)") }
        return descriptor
    }

    /// Nil: the system won't say.
    private static func device(of descriptor: Int32) -> UInt? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt(status.st_dev) : nil
    }
}
