import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("The data directory")
struct DataDirectoryTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    @Test("one holder at a time; the next one is told who holds it and what to do")
    func lock() throws {
        let path = temporary.file("data")
        var first: DataDirectory? = try DataDirectory(path: path, creates: true)
        #expect(first?.controlPath == path + "/control.sqlite")
        let error = #expect(throws: StorageError.self) { try DataDirectory(path: path) }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(error?.message.contains("--data") == true)
        first = nil
        _ = try DataDirectory(path: path)
    }

    @Test("a directory that isn't there is an error that names the command")
    func missing() throws {
        let error = #expect(throws: StorageError.self) { try DataDirectory(path: temporary.file("none")) }
        #expect(error?.message.contains("remit init") == true)
    }

    @Test("a tenant's files lie under its id, and are removed with its WAL and journal")
    func files() throws {
        let directory = try DataDirectory(path: temporary.file("data"), creates: true)
        let path = directory.tenantPath(Fixture.tenant)
        try TenantDatabase.create(path: path, identity: TestTenant.identity)
        #expect(FileSystem.exists(path))
        for suffix in ["-journal", "-wal", "-shm"] { try Data().write(to: URL(filePath: path + suffix)) }
        try directory.removeFiles(of: Fixture.tenant)
        try directory.removeFiles(of: Fixture.tenant)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/tenants").isEmpty)
        try TenantDatabase.create(path: path, identity: TestTenant.identity)
    }
}
