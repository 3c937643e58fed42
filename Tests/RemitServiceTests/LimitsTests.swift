import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTenant
import RemitTesting
import RemitWire
import Testing

/// One tenant can't fill the server with calls.
struct LimitsTests {
    @Test("by default a tenant has 256 running and 4,096 waiting calls")
    func defaults() {
        #expect(LimitsInterceptor.admittedMax == 4_352)
    }

    @Test("a tenant's calls are bounded, over all of its principals; others' aren't touched, and answers make room")
    func bounds() async throws {
        let bench = ServiceBench(admittedCallsMax: 2)
        let payments = try bench.payments("key-ours")
        let shared = try bench.payments("key-both")
        let request = GetPaymentRequest.with { $0.key = .id("payment_1") }
        async let first = payments.getPayment(request)
        async let second = shared.getPayment(request, options: CallOptions(tenant: "ours"))
        for _ in 0..<2 { await bench.directory.asked.next() }

        let error = try await refusal { try await payments.getPayment(request) }
        #expect(error.code == .resourceExhausted && error.reason == "tenant_busy")
        #expect(error.notProcessed && error.outcome == .none && error.retryAfterMilliseconds == 250)
        #expect(bench.directory.entries.count == 2 && bench.services.callsUnderWay == 2)

        async let other = shared.getPayment(request, options: CallOptions(tenant: "second"))
        await bench.directory.asked.next()
        _ = try await DiagnosticsServiceClient(bench.channel("key-admin")).echo(.init())

        bench.directory.answerWaiting(.entity(0..<0, nextActionURL: nil, replayed: false))
        _ = try await (first, second, other)
        #expect(bench.services.callsUnderWay == 0)
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: nil, replayed: false))
        _ = try await payments.getPayment(request)
    }

    @Test("a call that is refused before its tenant takes no place")
    func refusedCalls() async throws {
        let bench = ServiceBench(admittedCallsMax: 1)
        let payments = try bench.payments()
        bench.directory.answersAlways(.refused(.unknownOutcome))
        for _ in 0..<3 {
            _ = try await refusal { try await payments.getPayment(.init()) }
            let error = try await refusal { try await payments.getPayment(.with { $0.key = .id("payment_1") }) }
            #expect(error.outcome == .unknown && error.reason == "unknown_outcome")
        }
    }
}
