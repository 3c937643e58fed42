internal import Glibc

extension DescriptorPool {
    /// Opens a connection to a tenant's file; when the system has no descriptors left for it, some connections are
    /// parked, and it is tried once more.
    package func withRoom<R>(_ open: () throws(StorageError) -> R) throws(StorageError) -> R {
        do throws(StorageError) {
            return try open()
        } catch {
            guard Self.isShort, park(atMost: Self.parkedAtOnce) else { throw error }
            return try open()
        }
    }

    /// Whether there are fewer descriptors than a connection takes: of the database, its WAL and the wal-index.
    private static var isShort: Bool {
        var found: [Int32] = []
        defer { for descriptor in found { close(descriptor) } }
        while found.count < 3 {
            let descriptor = Glibc.open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { return errno == EMFILE || errno == ENFILE }
            found.append(descriptor)
        }
        return false
    }
}
