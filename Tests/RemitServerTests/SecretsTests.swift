import Foundation
import RemitAPI
import RemitRPC
import RemitServer
import RemitStripeSimulator
import RemitWire
import Testing

@Suite struct SecretsTests {
    @Test(.timeLimit(.minutes(1)))
    func `no secret reaches logs, data files, replies or errors`() async throws {
        let folder = try TemporaryFolder()
        let (lines, secrets) = try await ServerHarness.run(in: folder.path) { server in
            let development = server.development.folder
            let payment = try await server.process(order: "order-1", capture: .manual)
            _ = try await server.payments.capturePayment(.with { $0.id = payment.id })
            _ = try await server.payments.refundPayment(.with { $0.id = payment.id })
            _ = try await server.history(payment.id) { $0.contains { $0.update == "charge.refunded" } }
            let secrets = [
                try development.read(development.stripeKeyFile), try development.read(development.webhookSecretFile),
                try development.read(development.apiKeyFile), try development.read(development.adminKeyFile),
                try development.read(development.masterKeyFile), "client_secret", "billing_details",
            ]
            return (server.log.all, secrets)
        }
        #expect(lines.contains { $0.contains("Call ended") })
        let files = try #require(FileManager.default.enumerator(atPath: folder.path + "/data"))
            .compactMap { $0 as? String }
        #expect(files.contains { $0.hasSuffix("control.sqlite") })
        #expect(files.contains { $0.hasPrefix("tenants/") })
        for secret in secrets {
            #expect(!lines.contains { $0.contains(secret) }, "a log line holds \(secret.prefix(6))…")
            for file in files {
                let bytes = FileManager.default.contents(atPath: folder.path + "/data/" + file) ?? Data()
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file) holds \(secret.prefix(6))…")
            }
        }
        // What a client secret looks like: pi_…_secret_…. The control file has a table of that name.
        for file in files where file.hasPrefix("tenants/") {
            let bytes = FileManager.default.contents(atPath: folder.path + "/data/" + file) ?? Data()
            #expect(bytes.range(of: Data("_secret_".utf8)) == nil, "\(file) holds a client secret")
        }
    }
}
