import Logging
import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import Testing

/// All services over a directory and a control plane of the test, behind the in-process door.
struct ServiceBench {
    let directory = RecordingDirectory()
    let control = FixedControl()
    let services: RemitServices

    static let key = SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)

    init(admittedCallsMax: Int = 4_352, logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
        services = RemitServices(
            directory: directory, control: control, key: Self.key, logger: logger, admittedCallsMax: admittedCallsMax)
    }

    /// A channel whose credential is `key`.
    func channel(_ key: String = "key-ours") throws -> InProcessChannel {
        let identity = try services.router.authenticator.identity(for: .apiKey(key))
        return InProcessChannel(router: services.router, identity: identity, callsMax: 64)
    }

    func payments(_ key: String = "key-ours") throws -> PaymentServiceClient<InProcessChannel> {
        PaymentServiceClient(try channel(key))
    }

    func events(_ key: String = "key-ours") throws -> EventServiceClient<InProcessChannel> {
        EventServiceClient(try channel(key))
    }

    func tenants(_ key: String = "key-admin") throws -> TenantServiceClient<InProcessChannel> {
        TenantServiceClient(try channel(key))
    }
}

/// The error that `body` ends with; a success is the test's failure.
func refusal<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws -> Result
) async throws -> RPCError {
    try await #require(throws: RPCError.self, sourceLocation: sourceLocation) { _ = try await body() }
}
