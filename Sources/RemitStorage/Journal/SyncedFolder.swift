internal import CSQLite
internal import Glibc

/// A folder's file system, as a whole: the place of the journal and of all tenants' files.
final class SyncedFolder: Sendable {
    private let path: String
    /// What does it instead; nil: the system.
    private let substitute: (@Sendable () -> StorageError?)?
    /// Open for as long as the journal is: the system tells it of all errors since it was opened.
    private let descriptor: Int32

    init(_ path: String, _ options: JournalOptions) throws(StorageError) {
        self.path = path
        substitute = options.synchronizeAll
        descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystem.error("open \(path)") }
    }

    deinit { _ = Glibc.close(descriptor) }

    /// Makes all that was written to files there durable, and their names.
    func synchronizeAll() throws(StorageError) {
        if let substitute {
            if let error = substitute() { throw error }
            return
        }
        guard remit_syncfs(descriptor) == 0 else { throw FileSystem.error("sync the file system of \(path)") }
    }
}
