internal import Glibc

/// Which file it is, whatever its name.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt

    private init(_ status: stat) {
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
    }

    /// Of the file that has the name now; nil: none has.
    static func of(path: String) -> FileIdentity? {
        var status = stat()
        return lstat(path, &status) == 0 ? FileIdentity(status) : nil
    }

    /// Of an open file, and its size in bytes; nil: the system won't say.
    static func of(descriptor: Int32) -> (identity: FileIdentity, size: Int)? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? (FileIdentity(status), Int(status.st_size)) : nil
    }
}
