import Foundation
import Glibc

/// Files that only their owner may read.
package enum PrivateFile {
    /// Writes `bytes` to `path` with mode 0600, whole or not at all; makes the folder (0700) where it is missing.
    package static func write(_ bytes: [UInt8], to path: String) throws(StartupError) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try makeFolder(folder) }
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartupError("Can't write \(path): \(String(cString: strerror(errno))). Check the folder's owner.")
        }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw StartupError("Can't write \(path): \(String(cString: strerror(errno))). Check the free space.")
            }
            written += count
        }
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw StartupError("Can't write \(path): \(String(cString: strerror(errno))). Check the folder's owner.")
        }
    }

    /// Writes a text; see ``write(_:to:)-([UInt8],_)``.
    package static func write(_ text: String, to path: String) throws(StartupError) {
        try write(Array(text.utf8), to: path)
    }

    /// Makes a folder with mode 0700 and those above it.
    package static func makeFolder(_ path: String) throws(StartupError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartupError("Can't make the folder \(path). Check its parent's owner and free space.")
        }
    }

    /// The file's text; nil where there is none.
    package static func text(of path: String) throws(StartupError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StartupError("Can't read \(path). Check its owner and mode.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
