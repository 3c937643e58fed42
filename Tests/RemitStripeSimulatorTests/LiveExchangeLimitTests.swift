import NIOPosix
import RemitDomain
import RemitStripe
import RemitStripeHTTP
import RemitStripeSimulator
import RemitStripeSimulatorHTTP
import Testing

/// What the live exchange takes from Stripe at most.
@Suite struct LiveExchangeLimitTests {
    @Test("reads an answer up to its limit, and says that a larger one is too large")
    func answerSize() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try SimulatorServer(
            SimulatorConfiguration(), books: SimulatorBooks(seed: 3), group: group, logger: Fidelity.silent)
        let endpoint = try StripeEndpoint("http://127.0.0.1:\(try await server.start())")
        let request = StripeHTTPRequest(
            method: .get, target: "/v1/payment_intents?limit=1", secretKey: StripeSecret("sk_test_1"))

        func answer(_ limits: LiveStripeExchange.Limits) async throws -> StripeHTTPResult {
            let exchange = LiveStripeExchange(endpoint: endpoint, limits: limits, group: group, logger: Fidelity.silent)
            let result = await exchange.exchange(request)
            try await exchange.shutdown()
            return result
        }
        var limits = LiveStripeExchange.Limits()
        #expect(limits.responseSizeMax == 4 << 20)
        guard case .response(let response) = try await answer(limits) else {
            Issue.record("An answer of usual size is read.")
            try await server.shutdown()
            return
        }
        limits.responseSizeMax = response.body.count
        if case .failed(let failure) = try await answer(limits) { Issue.record("The answer fits: \(failure)") }
        limits.responseSizeMax -= 1
        #expect(try await answer(limits) == .failed(.responseTooLarge))
        try await server.shutdown()
    }
}
