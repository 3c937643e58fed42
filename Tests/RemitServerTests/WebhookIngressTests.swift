import Foundation
import RemitAPI
import RemitDomain
import RemitHTTP
import RemitRPC
import RemitServer
import RemitStorage
import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct WebhookIngressTests {
    /// An event about an object that nobody here knows; enough for the ingress.
    private func event(_ id: String = "evt_1", livemode: Bool = false, padding: Int = 0) -> [UInt8] {
        let note = String(repeating: "x", count: padding)
        return Array(
            """
            {"id":"\(id)","object":"event","type":"product.created","created":1767225600,"livemode":\(livemode),\
            "data":{"object":{"id":"prod_1","object":"product","description":"\(note)"}}}
            """.utf8)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a bad signature and an unknown tenant get the same answer, and nothing is stored`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let body = event()
            let status1 = try await server.post(body, signature: "")
            #expect(status1 == 400)
            let status2 = try await server.post(body, signature: server.signature(body, secret: "whsec_wrong"))
            #expect(status2 == 400)
            let status3 = try await server.post(body + [0x20], signature: server.signature(body))
            #expect(status3 == 400)
            let status4 = try await server.post(body, signature: server.signature(body), tenant: "nobody")
            #expect(status4 == 400)
            #expect(server.development.server.webhooks[.refused] == 4)
            #expect(server.development.server.webhooks[.accepted] == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a large body is refused, whatever its signature`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let body = event(padding: WebhookIngress.bodySizeMax)
            let status5 = try await server.post(body, signature: server.signature(body))
            #expect(status5 == 413)
            let fits = event(padding: WebhookIngress.bodySizeMax - 1_024)
            let status6 = try await server.post(fits, signature: server.signature(fits))
            #expect(status6 == 200)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an event sent twice is accepted twice and stored once`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let body = event()
            for _ in 0..<2 {
                let status = try await server.post(body, signature: server.signature(body))
                #expect(status == 200)
            }
            #expect(server.development.server.webhooks[.accepted] == 2)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a genuine event that can't be stored just now gets 503, and 200 when it can`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let tenants = server.development.folder.data + "/tenants"
            let files = try FileManager.default.contentsOfDirectory(atPath: tenants)
            let path = try tenants + "/" + #require(files.first { $0.hasSuffix(".sqlite") })
            // As on a disk that is away; the tenant hasn't been opened yet.
            try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
            let body = event()
            let away = try await server.post(body, signature: server.signature(body))
            #expect(away == 503)
            #expect(server.development.server.webhooks[.unavailable] == 1)
            try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
            // It is tried again a second after it failed.
            var status = away
            while status == 503 { status = try await server.post(body, signature: server.signature(body)) }
            #expect(status == 200)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `events of the other mode are taken, counted and not stored`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let body = event(livemode: true)
            let status7 = try await server.post(body, signature: server.signature(body))
            #expect(status7 == 200)
            #expect(server.development.server.webhooks[.otherMode] == 1)
            #expect(server.development.server.webhooks[.accepted] == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `while secrets rotate, either signs`() async throws {
        let folder = try TemporaryFolder()
        let first = try await ServerHarness.run(in: folder.path) { server in
            try server.development.folder.read(server.development.folder.webhookSecretFile)
        }
        try rotate(folder.path, to: [first, "whsec_second"])
        try await ServerHarness.run(in: folder.path) { server in
            for (index, secret) in [first, "whsec_second"].enumerated() {
                let body = event("evt_\(index)")
                let status8 = try await server.post(body, signature: server.signature(body, secret: secret))
                #expect(status8 == 200)
            }
            let body = event("evt_3")
            let status9 = try await server.post(body, signature: server.signature(body, secret: "whsec_third"))
            #expect(status9 == 400)
        }
    }

    /// Rotates the development tenant's secrets while no server runs.
    private func rotate(_ folder: String, to secrets: [String]) throws {
        let development = DevelopmentFolder(folder)
        let directory = try DataDirectory(path: development.data)
        let seal = try SecretSeal(
            masterKey: MasterKeyText.parse(development.read(development.masterKeyFile)))
        let database = try ControlDatabase.open(path: directory.controlPath, seal: seal)
        defer { database.close() }
        try database.transaction { transaction throws(StorageError) in
            guard let tenant = try transaction.tenant(named: DevelopmentServer.tenantName) else { return }
            try transaction.setWebhookSecrets(secrets, of: tenant.id)
        }
    }
}
