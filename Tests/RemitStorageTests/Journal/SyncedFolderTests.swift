import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

@Suite struct SyncedFolderTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private var tenants: String { folder.file("tenants") }

    private func device(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemNumber] as? Int
    }

    @Test("a folder and the tenants' one in it are one file system")
    func one() throws {
        #expect(try SyncedFolder(folder.path, JournalOptions()).count == 1)
        try FileManager.default.createDirectory(atPath: tenants, withIntermediateDirectories: false)
        let synced = try SyncedFolder(folder.path, JournalOptions())
        #expect(synced.count == 1)
        try synced.synchronizeAll()
    }

    @Test("tenants' files that lie on another file system are synced there, too")
    func two() throws {
        let memory = try TemporaryDirectory(inMemory: true)
        try FileManager.default.createSymbolicLink(atPath: tenants, withDestinationPath: memory.path)
        let synced = try SyncedFolder(folder.path, JournalOptions())
        // Where the system has no memory disk, both are one.
        let isOther = try device(of: memory.path) != device(of: folder.path)
        #expect(synced.count == (isOther ? 2 : 1))
        try synced.synchronizeAll()
    }

    @Test("a folder that isn't there is an error")
    func missing() {
        #expect(throws: StorageError.self) { try SyncedFolder(folder.file("none"), JournalOptions()) }
    }

    @Test("what stands for the system is asked instead of it")
    func substitute() throws {
        var options = JournalOptions()
        options.synchronizeAll = { StorageError(.full, message: "It is full.") }
        let synced = try SyncedFolder(folder.path, options)
        #expect { try synced.synchronizeAll() } throws: { ($0 as? StorageError)?.isFull == true }
    }
}
