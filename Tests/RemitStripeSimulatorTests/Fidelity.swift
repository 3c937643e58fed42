import Logging
import NIOPosix
import RemitDomain
import RemitStripe
import RemitStripeHTTP
import RemitStripeSimulator
import RemitStripeSimulatorHTTP
import Testing

/// How a test reaches the simulator: in the process, or by HTTP over the live exchange.
enum Fidelity: CaseIterable, Sendable {
    case inProcess
    case http

    /// Runs `body` with a processor and the books behind it.
    func run(
        key: StripeSecret = StripeSecret("sk_test_conformance"),
        _ body: (any PaymentProcessor, SimulatorBooks) async throws -> Void
    ) async throws {
        let credentials = StripeCredentials(secretKey: key)
        switch self {
        case .inProcess:
            let books = SimulatorBooks(seed: 11)
            try await body(StripeProcessor(exchange: books, clock: ManualClock(), credentials: credentials), books)
        case .http:
            let clock = SimulatorClock()
            let books = SimulatorBooks(seed: 11, clock: clock)
            let group = MultiThreadedEventLoopGroup.singleton
            var configuration = SimulatorConfiguration()
            configuration.lostAnswerMilliseconds = 1
            let server = try SimulatorServer(configuration, books: books, group: group, logger: Self.silent)
            let port = try await server.start()
            let exchange = LiveStripeExchange(
                endpoint: try StripeEndpoint("http://127.0.0.1:\(port)"), group: group, logger: Self.silent)
            do {
                try await body(StripeProcessor(exchange: exchange, clock: clock, credentials: credentials), books)
            } catch {
                try await exchange.shutdown()
                try await server.shutdown()
                throw error
            }
            try await exchange.shutdown()
            try await server.shutdown()
        }
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
