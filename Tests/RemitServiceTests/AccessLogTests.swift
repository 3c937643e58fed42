import Logging
import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTenant
import RemitTesting
import RemitWire
import Synchronization
import Testing

/// One line per call, static text, figures and ids beside it.
struct AccessLogTests {
    private final class Lines: Sendable {
        let kept = Mutex<[(level: Logger.Level, message: String, metadata: Logger.Metadata)]>([])
    }

    private struct KeepingHandler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.kept.withLock { $0.append((event.level, "\(event.message)", event.metadata ?? [:])) }
        }
    }

    private let lines = Lines()

    private func bench(_ level: Logger.Level = .info) -> ServiceBench {
        let lines = lines
        var logger = Logger(label: "test") { _ in KeepingHandler(lines: lines) }
        logger.logLevel = level
        return ServiceBench(logger: logger)
    }

    @Test("a call leaves one line with its method, code, tenant and principal, and nothing of the request")
    func line() async throws {
        let bench = bench()
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: "https://bank.example/3ds", replayed: true))
        var request = ProcessPaymentRequest.valid
        request.description = "for Ada"
        _ = try await bench.payments().processPayment(
            request, options: CallOptions(idempotencyKey: "secret-key", attempt: 2))
        let kept = lines.kept.withLock { $0 }
        let line = try #require(kept.first)
        #expect(kept.count == 1 && line.level == .info && line.message == "Call ended")
        #expect(line.metadata["method"] == "remit.v1.PaymentService/ProcessPayment")
        #expect(line.metadata["code"] == "OK" && line.metadata["replayed"] == "true")
        #expect(line.metadata["attempt"] == "2")
        #expect(line.metadata["tenant"] == "tenant_ours" && line.metadata["principal"] == "principal_ours")
        let text = "\(line.metadata)"
        for private_ in ["Ada", "pm_card_visa", "order-1", "4900", "secret-key", "example", "key-ours"] {
            #expect(!text.contains(private_))
        }
    }

    @Test("a refusal is told by its reason and field; what the server did wrong is an error")
    func refusals() async throws {
        let bench = bench()
        let payments = try bench.payments()
        _ = try await refusal { try await payments.createPayment(.init()) }
        _ = try await refusal { try await payments.createPayment(.valid, options: CallOptions(tenant: "theirs")) }
        bench.directory.answersAlways(.refused(PaymentError(.internal, reason: "broken", message: "Report it.")))
        let broken = try await refusal { try await payments.createPayment(.valid) }
        let kept = lines.kept.withLock { $0 }
        #expect(kept.map(\.level) == [.info, .info, .error])
        #expect(kept.map { $0.metadata["reason"] } == ["amount_out_of_range", "tenant_denied", "broken"])
        #expect(kept[0].metadata["field"] == "amount" && kept[0].metadata["code"] == "INVALID_ARGUMENT")
        #expect(broken.errorID?.isEmpty == false)
        #expect(kept[2].metadata["error"] == broken.errorID.map { "\($0)" }, "the caller's id finds the line")
        #expect(kept[0].metadata["error"] == nil)
        #expect(kept[1].metadata["tenant"] == nil, "a call without a scope names no tenant")
    }

    @Test("above info nothing is written but what the server did wrong")
    func quiet() async throws {
        let bench = bench(.warning)
        _ = try await DiagnosticsServiceClient(bench.channel()).echo(.init())
        let payments = try bench.payments()
        _ = try await refusal { try await payments.createPayment(.init()) }
        #expect(lines.kept.withLock { $0.isEmpty })
        bench.directory.answersAlways(.refused(PaymentError(.internal, reason: "broken", message: "Report it.")))
        _ = try await refusal { try await payments.createPayment(.valid) }
        #expect(lines.kept.withLock { $0.map(\.level) } == [.error])
    }
}
