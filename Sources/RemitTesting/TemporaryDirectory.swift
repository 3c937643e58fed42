import Foundation

/// A directory of one test's own, removed with the last reference.
package final class TemporaryDirectory {
    package let path: String

    /// Where memory is used as a disk, `inMemory` makes it there: many short-lived files cost no syncs then.
    package init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let isInMemory = inMemory && FileManager.default.isWritableFile(atPath: memory)
        let parent = isInMemory ? memory : FileManager.default.temporaryDirectory.path
        path = parent + "/remit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }
}
