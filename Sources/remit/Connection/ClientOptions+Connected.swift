import RemitClient
import RemitRPC
import RemitServer

extension ClientOptions {
    /// Connects, runs a command's body, closes; what is thrown becomes a sentence and an exit code.
    func connected(
        _ body: (RemitClient, ClientSettings, Output) async throws -> Void
    ) async throws {
        try await Failure.report {
            let settings = try settings()
            let client = try await RemitClient.connect(settings)
            do {
                try await body(client, settings, Output(json: json))
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }
}

extension RemitClient {
    /// A client by a command's settings.
    static func connect(_ settings: ClientSettings) async throws(RPCError) -> RemitClient {
        try await connect(
            host: settings.address.host, port: settings.address.port,
            authority: settings.authorities.map { .pem($0) } ?? .system, apiKey: settings.apiKey,
            tenant: settings.tenant ?? "")
    }
}
