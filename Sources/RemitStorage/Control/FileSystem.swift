internal import Glibc

/// What the store asks of the file system beside SQLite.
enum FileSystem {
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Makes what was written to a closed file durable.
    ///
    /// Never for a live database: the close would drop its locks.
    static func synchronize(file path: String) throws(StorageError) {
        try synchronize(path, flags: O_RDONLY)
    }

    /// Makes the names in the directory of `path` durable.
    static func synchronize(directoryOf path: String) throws(StorageError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try synchronize(directory.isEmpty ? "/" : directory, flags: O_RDONLY | O_DIRECTORY)
    }

    static func synchronize(directory path: String) throws(StorageError) {
        try synchronize(path, flags: O_RDONLY | O_DIRECTORY)
    }

    /// Makes a directory that only its owner may read; one that is there stays as it is.
    static func makeDirectory(_ path: String) throws(StorageError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw error("make the directory \(path)") }
    }

    /// Removes a file; one that isn't there is fine.
    static func remove(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw error("remove \(path)") }
    }

    /// Gives a file another name on the same file system.
    static func rename(_ path: String, to name: String) throws(StorageError) {
        guard Glibc.rename(path, name) == 0 else { throw error("rename \(path)") }
    }

    /// The names in a directory, in no order; none where there is no directory.
    static func names(in path: String) throws(StorageError) -> [String] {
        guard let directory = opendir(path) else {
            guard errno == ENOENT else { throw error("read the directory \(path)") }
            return []
        }
        defer { _ = closedir(directory) }
        var names: [String] = []
        while true {
            // The end and a failure look the same but for this.
            errno = 0
            guard let entry = readdir(directory) else { break }
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        guard errno == 0 else { throw error("read the directory \(path)") }
        return names
    }

    static func error(_ what: String) -> StorageError {
        let reason = String(cString: strerror(errno))
        return StorageError(errno == ENOSPC ? .full : .io, message: "Couldn't \(what): \(reason).")
    }

    private static func synchronize(_ path: String, flags: Int32) throws(StorageError) {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("open \(path)") }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error("sync \(path)") }
    }
}
