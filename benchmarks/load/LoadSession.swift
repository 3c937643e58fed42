import Foundation
import RemitAPI
import RemitClient
import RemitRPC

/// Measures scenarios on one server.
final class LoadSession {
    private let target: TargetOptions.Target
    private let probe: ServerProbe
    private let connections: Int
    private let warmUp: Duration
    private let duration: Duration
    private let payments: Int
    /// What `get` reads.
    private var ids: [String] = []
    /// What `create` names.
    private var customer = ""
    /// Keeps the order ids of different sessions and runs apart.
    private let session = String(UInt32.random(in: .min ... .max), radix: 36)
    private var run = 0

    init(
        target: TargetOptions.Target, probe: ServerProbe, connections: Int, warmUp: Duration, duration: Duration,
        payments: Int
    ) {
        self.target = target
        self.probe = probe
        self.connections = connections
        self.warmUp = warmUp
        self.duration = duration
        self.payments = payments
    }

    /// Makes what the scenarios need.
    func prepare(_ scenarios: [ScenarioName]) async throws {
        guard !Set(scenarios).isDisjoint(with: [.get, .create]) else { return }
        let client = try await connect(connections)
        var request = CreateCustomerRequest()
        request.name = "Load \(session)"
        request.email = "load@example.com"
        customer = try await CustomerServiceClient(client).createCustomer(request).customer?.id ?? ""
        if scenarios.contains(.get) { ids = try await makePayments(client) }
        await client.close()
    }

    /// Measures a scenario once.
    func sample(_ name: ScenarioName, inFlight: Int) async throws -> LoadSample {
        let client = try await connect(min(connections, inFlight))
        run += 1
        let loop = ClosedLoop(inFlight: inFlight, warmUp: warmUp, duration: duration, probe: probe)
        let run = "\(session)-\(self.run)"
        let payments = PaymentServiceClient(client)
        let sample =
            switch name {
            case .echo: try await loop.measure(EchoScenario(client: DiagnosticsServiceClient(client)))
            case .get: try await loop.measure(GetScenario(client: payments, ids: ids))
            case .create: try await loop.measure(CreateScenario(client: payments, customer: customer, run: run))
            case .process: try await loop.measure(ProcessScenario(client: payments, run: run))
            }
        await client.close()
        return sample
    }

    private func connect(_ connections: Int) async throws(RPCError) -> RemitClient {
        try await RemitClient.connect(
            host: target.server.host, port: target.server.port,
            authority: target.authorityFile.map { .file($0) } ?? .system, apiKey: target.apiKey,
            tenant: target.tenant, connections: connections, retries: RetryPolicy(attemptsMax: 1))
    }

    private func makePayments(_ client: RemitClient) async throws -> [String] {
        let scenario = CreateScenario(
            client: PaymentServiceClient(client), customer: customer, run: "\(session)-0")
        return try await withThrowingTaskGroup(of: [String].self) { group in
            let workers = min(64, payments)
            for worker in 0..<workers {
                let numbers = stride(from: worker, to: payments, by: workers)
                group.addTask {
                    var ids: [String] = []
                    for number in numbers { ids.append(try await scenario.create(number).id) }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
