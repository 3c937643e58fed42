import ArgumentParser
import Foundation
import Logging
import RemitAPI
import RemitClient
import RemitRPC
import RemitServer

/// The command `remit demo`.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell one payment's story on a server of its own: authorize, capture, refund half, webhooks, books.",
        discussion: "Everything is real but Stripe, which is simulated. Exits 1 when anything is off.")

    func run() async throws {
        try await Failure.report {
            let folder = NSTemporaryDirectory() + "remit-demo-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let logger = Logger(label: "remit") { LineLogHandler(label: $0, level: .error, format: .text) }
            let development = try await DevelopmentServer.start(.onFreePorts(in: folder), logger: logger)
            do {
                let client = try await RemitClient.connect(development.clientSettings())
                let faults = try await DemoStory(client: client, development: development).tell()
                await client.close()
                await development.stop()
                guard faults.isEmpty else {
                    for fault in faults { Terminal.error("off: \(fault)") }
                    throw Failure.refused
                }
            } catch {
                await development.stop()
                throw error
            }
            Terminal.line("All agree. The server has drained; its files are gone.")
        }
    }
}

/// One payment's story, told while it happens.
struct DemoStory {
    private static let amount: Int64 = 10_000
    /// Webhooks that the story ends with: two of the refund.
    private static let lastUpdates: Set<String> = ["refund.created", "charge.refunded"]

    let client: RemitClient
    let development: DevelopmentServer

    private var payments: PaymentServiceClient<RemitClient> { PaymentServiceClient(client) }

    /// Tells it; what was off is returned.
    func tell() async throws -> [String] {
        Terminal.line("remit/1 over TLS 1.3 on \(development.address), Stripe simulated, webhooks on TLS too.\n")
        let authorized = try await authorize()
        let captured = try await capture(authorized.id)
        let refund = try await refund(captured.id)
        let history = try await historyWithWebhooks(of: captured.id)
        let payment = try await self.payment(captured.id)
        Terminal.line("\nThe payment's history: what we did, and what Stripe's webhooks added to it.")
        for line in HistoryView(rows: history).lines { Terminal.line("  " + line) }
        let events = try await events()
        Terminal.line("\nThe tenant's events, without holes; each has the payment before and after.")
        for event in events { Terminal.line("  #\(event.sequence)  \(event.type)  \(event.entityId)") }
        let books = development.simulator?.paymentBooks(payment.id)
        Terminal.line(
            """

                       captured  refunded
            our row    \(cell(payment.amountCaptured))\(cell(payment.amountRefunded))\
            \(payment.status.text(dropping: "PAYMENT_STATUS_"))
            its books  \(cell(books?.captured ?? -1))\(cell(books?.refunded ?? -1))\
            \(books?.liveIntents ?? -1) payment intent, \(books?.charges ?? -1) charge
            """)
        return faults(authorized, payment, refund, history, events, books)
    }

    private func authorize() async throws -> Payment {
        var request = ProcessPaymentRequest()
        request.orderId = "order-1"
        request.amount = Self.amount
        request.currency = "usd"
        request.paymentMethod = "pm_card_visa"
        request.captureMethod = .manual
        request.offSession = true
        let payment = try await payments.processPayment(request).payment ?? Payment()
        tell("ProcessPayment  order-1, 100.00 usd, manual capture", payment)
        return payment
    }

    private func capture(_ id: String) async throws -> Payment {
        var request = CapturePaymentRequest()
        request.id = id
        let payment = try await payments.capturePayment(request).payment ?? Payment()
        tell("CapturePayment  all of it", payment)
        return payment
    }

    private func refund(_ id: String) async throws -> Refund {
        var request = RefundPaymentRequest()
        request.id = id
        request.amount = Self.amount / 2
        let refund = try await payments.refundPayment(request).refund ?? Refund()
        Terminal.line("RefundPayment   half of it")
        Terminal.line("  → \(refund.id)  \(refund.status.text(dropping: "REFUND_STATUS_"))  \(refund.stripeRefundId)")
        return refund
    }

    private func payment(_ id: String) async throws -> Payment {
        var request = GetPaymentRequest()
        request.key = .id(id)
        return try await payments.getPayment(request).payment ?? Payment()
    }

    /// The history once the last webhooks are in it; what is there after ten seconds otherwise.
    private func historyWithWebhooks(of id: String) async throws -> [HistoryView.Row] {
        var request = ListPaymentHistoryRequest()
        request.id = id
        request.pageSize = 100
        let end = ContinuousClock.now + .seconds(10)
        while true {
            let rows = try await payments.listPaymentHistory(request).rows.map { HistoryView.Row($0) }
            let updates = Set(rows.filter { $0.source == "webhook" }.map(\.update))
            if updates.isSuperset(of: Self.lastUpdates) || ContinuousClock.now > end { return rows }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func events() async throws -> [Event] {
        var request = ListEventsRequest()
        request.pageSize = 100
        return try await EventServiceClient(client).listEvents(request).events
    }

    private func faults(
        _ authorized: Payment, _ payment: Payment, _ refund: Refund, _ history: [HistoryView.Row], _ events: [Event],
        _ books: SimulatorHost.PaymentBooks?
    ) -> [String] {
        let claims: [(String, Bool)] = [
            ("authorized first", authorized.stage == .authorized),
            ("captured then", payment.stage == .captured && payment.amountCaptured == Self.amount),
            ("half refunded", payment.status == .partiallyRefunded && payment.amountRefunded == Self.amount / 2),
            ("the refund succeeded", refund.status == .succeeded),
            ("webhooks came", Self.lastUpdates.isSubset(of: Set(history.map(\.update)))),
            ("ignored webhooks are in the history", history.contains { $0.source == "webhook" && !$0.applied }),
            ("events are without holes", events.map(\.sequence) == events.indices.map { Int64($0) + 1 }),
            ("there is one payment intent with one charge", books?.liveIntents == 1 && books?.charges == 1),
            ("the books have what we captured", books?.captured == payment.amountCaptured),
            ("the books have what we refunded", books?.refunded == payment.amountRefunded),
        ]
        return claims.filter { !$0.1 }.map { "not so: \($0.0)" }
    }

    private func tell(_ what: String, _ payment: Payment) {
        Terminal.line(what)
        let stage = payment.stage.text(dropping: "PAYMENT_STAGE_")
        Terminal.line("  → \(payment.id)  \(stage)  \(payment.stripePaymentId)")
    }

    private func cell(_ amount: Int64) -> String {
        let text = "\(amount)"
        return text + String(repeating: " ", count: max(1, 10 - text.count))
    }
}
