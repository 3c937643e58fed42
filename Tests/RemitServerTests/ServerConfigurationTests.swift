import Foundation
import RemitServer
import Testing

@Suite struct ServerConfigurationTests {
    @Test func `flags come before environment, file and defaults`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/remit.json"
        try PrivateFile.write(
            #"{"listen": "127.0.0.1:1", "ingress": "127.0.0.1:1", "operations": "127.0.0.1:1", "storage": {"threads": 3}}"#,
            to: file)
        let configuration = try await ServerConfiguration.read(
            flags: ["listen": "127.0.0.1:3"], file: file,
            environment: ["REMIT_LISTEN": "127.0.0.1:2", "REMIT_INGRESS": "127.0.0.1:2", "REMIT_DRAIN_MS": "10"])
        #expect(configuration.listen.port == 3)
        #expect(configuration.ingress.port == 2)
        #expect(configuration.operations.port == 1)
        #expect(configuration.storageThreads == 3)
        #expect(configuration.drainMilliseconds == 10)
        #expect(configuration.pageCacheMebibytes == 1_024)
        #expect(configuration.openTenantsMax == DescriptorLimit.openTenants(within: DescriptorLimit.hard))
    }

    @Test func `a missing master key is refused with a sentence that says what to do`() async throws {
        let configuration = try await ServerConfiguration.read(flags: [:], file: nil, environment: [:])
        let error = #expect(throws: StartupError.self) { try configuration.masterKeyBytes() }
        #expect(error?.message.contains("--master-key-file") == true)
        #expect(error?.message.contains("openssl rand -base64 32") == true)
    }

    @Test(arguments: ["", "short", "AAAA", String(repeating: "A", count: 64)])
    func `a master key of another size is refused without showing it`(text: String) async throws {
        let configuration = try await ServerConfiguration.read(
            flags: [:], file: nil, environment: ["REMIT_MASTER_KEY": text])
        let error = #expect(throws: StartupError.self) { try configuration.masterKeyBytes() }
        #expect(text.count < 5 || error?.message.contains(text) == false)
    }

    @Test func `the printed configuration shows that there is a master key, never which`() async throws {
        let key = MasterKeyText.generate()
        let configuration = try await ServerConfiguration.read(
            flags: [:], file: nil, environment: ["REMIT_MASTER_KEY": key])
        #expect(try configuration.masterKeyBytes().count == 32)
        #expect(!configuration.printed.contains(key))
        #expect(configuration.printed.contains("master.key = (set)"))
        for name in ServerConfiguration.keys { #expect(configuration.printed.contains("\(name) = ")) }
    }

    @Test(arguments: [
        ["operations": "0.0.0.0:7445"], ["listen": "nowhere"], ["listen": "127.0.0.1:99999"], ["log.format": "xml"],
        ["storage.threads": "0"], ["drain.ms": "soon"], ["page.cache.mib": "-1"],
    ])
    func `a setting out of its range is refused`(flags: [String: String]) async {
        await #expect(throws: StartupError.self) {
            try await ServerConfiguration.read(flags: flags, file: nil, environment: [:])
        }
    }

    @Test func `a configuration file that isn't there is refused`() async {
        await #expect(throws: StartupError.self) {
            try await ServerConfiguration.read(flags: [:], file: "/nonexistent/remit.json", environment: [:])
        }
    }
}
