internal import Glibc
package import RemitDomain
internal import Synchronization

/// A data directory, held by one server: control.sqlite, a file per tenant under tenants/, and the two of the journal.
///
/// They belong together: a tenant's newest commits may be in the journal alone while no server runs that ended well.
///
/// The lock is the operating system's (flock): it goes with the process, however that ends.
package final class DataDirectory: Sendable {
    /// The folder of tenants' files.
    static let tenantsName = "tenants"

    package let path: String
    /// The lock's descriptor; negative once it is released.
    private let lockDescriptor: Atomic<Int32>

    /// Takes the directory; ``StorageError/Code/inUse`` while another process holds it.
    ///
    /// `creates` makes it, for its owner alone, where it isn't there.
    package init(path: String, creates: Bool = false) throws(StorageError) {
        if creates { try FileSystem.makeDirectory(path) }
        guard FileSystem.exists(path) else {
            throw StorageError(
                .cannotOpen, message: "There is no data directory \(path): make it with `remit init --data \(path)`.")
        }
        let lockPath = path + "/lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.error("open \(lockPath)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            defer { _ = close(descriptor) }
            throw Self.inUse(path: path, holder: Self.readHolder(descriptor))
        }
        self.path = path
        lockDescriptor = Atomic(descriptor)
        Self.writeHolder(descriptor)
        try FileSystem.makeDirectory(path + "/" + Self.tenantsName)
    }

    deinit {
        release()
    }

    /// Lets another take the directory; every database in it must be closed.
    ///
    /// Harmless twice.
    package func release() {
        let descriptor = lockDescriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if descriptor >= 0 { _ = close(descriptor) }
    }

    package var controlPath: String { path + "/control.sqlite" }

    /// Where a tenant's file is.
    ///
    /// Ids are ours: letters, digits and underscores.
    package func tenantPath(_ tenant: TenantID) -> String {
        let isName =
            !tenant.text.isEmpty
            && tenant.text.allSatisfy { character in
                character.isASCII && (character.isLetter || character.isNumber || character == "_")
            }
        precondition(isName, "A tenant's id can't name a file.")
        return "\(path)/\(Self.tenantsName)/\(tenant.text).sqlite"
    }

    /// Removes the files of a tenant that isn't open, durably; harmless where there are none.
    package func removeFiles(of tenant: TenantID) throws(StorageError) {
        let file = tenantPath(tenant)
        for suffix in ["", "-journal", "-wal", "-shm"] { try FileSystem.remove(file + suffix) }
        try FileSystem.synchronize(directoryOf: file)
        try KeptCommits(in: path).remove(tenant)
    }

    private static func inUse(path: String, holder: String) -> StorageError {
        let process = holder.isEmpty ? "another process" : "process \(holder)"
        return StorageError(
            .inUse,
            message: "The data directory \(path) is served by \(process): stop it, or choose another with `--data`.")
    }

    /// The process id that the holder wrote; empty where it can't be read.
    private static func readHolder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return "" }
        return String(decoding: bytes.prefix(count), as: UTF8.self).filter(\.isNumber)
    }

    /// For the message of the next one that comes; the lock itself doesn't need it.
    private static func writeHolder(_ descriptor: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
