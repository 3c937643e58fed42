import RemitServer
import Testing

@Suite struct ClientSettingsTests {
    @Test func `flags come before the environment, which comes before the file`() throws {
        let folder = try TemporaryFolder()
        try PrivateFile.write("key-of-file\n", to: folder.path + "/api.key")
        try PrivateFile.write("authority", to: folder.path + "/ca.pem")
        let file = folder.path + "/client.json"
        try ClientSettings.File(
            address: "localhost:1", authorityFile: folder.path + "/ca.pem", apiKeyFile: folder.path + "/api.key"
        ).write(to: file)
        let plain = try ClientSettings.resolve(
            address: nil, authorityFile: nil, apiKeyFile: nil, tenant: nil, environment: [:], file: file)
        #expect(plain.address.port == 1)
        #expect(plain.apiKey == "key-of-file")
        #expect(plain.authorities == "authority")
        let mixed = try ClientSettings.resolve(
            address: "localhost:3", authorityFile: nil, apiKeyFile: nil, tenant: nil,
            environment: ["REMIT_ADDRESS": "localhost:2", "REMIT_API_KEY": "key-of-environment"], file: file)
        #expect(mixed.address.port == 3)
        #expect(mixed.apiKey == "key-of-environment")
    }

    @Test func `what is missing is named, with what to do`() {
        let error = #expect(throws: StartupError.self) {
            try ClientSettings.resolve(
                address: nil, authorityFile: nil, apiKeyFile: nil, tenant: nil, environment: [:],
                file: "/nonexistent/client.json")
        }
        #expect(error?.message.contains("--address") == true)
    }
}
