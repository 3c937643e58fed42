import Foundation
import RemitAPI
import RemitClient
import RemitRPC
import RemitServer
import RemitStripeSimulator
import RemitTesting
import RemitWire
import Testing

@Suite struct ServerTests {
    @Test(.timeLimit(.minutes(1)))
    func `a payment is authorized, captured and half refunded, and webhooks, events and books agree`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let authorized = try await server.process(order: "order-1", capture: .manual)
            #expect(authorized.stage == .authorized)
            #expect(authorized.amountCapturable == 10_000)
            let captured = try await server.payments.capturePayment(.with { $0.id = authorized.id }).payment
            #expect(captured?.amountCaptured == 10_000)
            let refund = try await server.payments.refundPayment(
                .with {
                    $0.id = authorized.id
                    $0.amount = 5_000
                }
            ).refund
            #expect(refund?.status == .succeeded)
            let wanted: Set<String> = ["payment_intent.succeeded", "refund.created", "charge.refunded"]
            let history = try await server.history(authorized.id) { wanted.isSubset(of: Set($0.map(\.update))) }
            #expect(wanted.isSubset(of: Set(history.map(\.update))))
            #expect(history.map(\.ordinal) == history.indices.map { Int64($0) + 1 })
            #expect(history.contains { $0.source == .webhook && !$0.applied && !$0.reason.isEmpty })
            let payment = try await server.get(authorized.id)
            #expect(payment.status == .partiallyRefunded)
            #expect(payment.amountRefunded == 5_000)
            let events = try await server.allEvents()
            #expect(events.map(\.sequence) == events.indices.map { Int64($0) + 1 })
            let last = try #require(events.last { $0.entityType == "payment" })
            #expect(last.after == payment.encoded())
            let books = server.development.simulator?.paymentBooks(payment.id)
            #expect(books == .init(liveIntents: 1, charges: 1, captured: 10_000, refunded: 5_000))
            let metrics = try await server.operations("/metrics").body
            #expect(metrics.contains(#"remit_stripe_requests_total{method="POST"} 3"#))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `a thousand calls with one order make one payment, one charge and equal replies`(
        withOneKey: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            var settings = try server.development.clientSettings()
            settings.tenant = nil
            let client = try await ServerHarness.connect(settings, connections: 4)
            let many = ServerHarness(development: server.development, client: client, log: server.log)
            let replies = try await withThrowingTaskGroup(of: Payment.self) { group in
                for index in 0..<1_000 {
                    group.addTask {
                        try await many.process(order: "order-1", key: withOneKey ? "key" : "key-\(index)")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await client.close()
            #expect(replies.count == 1_000)
            #expect(Set(replies.map { $0.encoded() }).count == 1)
            #expect(replies.first?.stage == .captured)
            let books = server.development.simulator?.books.summary()
            #expect(books?.intents.count == 1)
            #expect(books?.paidCharges.count == 1)
            #expect(books?.amountCaptured == 10_000)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a hundred partial refunds at once never exceed the capture`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let payment = try await server.process(order: "order-1", amount: 1_000)
            let results = await withTaskGroup(of: Result<Refund?, RPCError>.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do throws(RPCError) {
                            return .success(
                                try await server.payments.refundPayment(
                                    .with {
                                        $0.id = payment.id
                                        $0.amount = 70
                                    }
                                ).refund)
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: [Result<Refund?, RPCError>]()) { $0.append($1) }
            }
            let done = results.compactMap { try? $0.get() }
            // 14 × 70 = 980; a fifteenth would exceed the 1,000 captured.
            #expect(done.count == 14)
            for case .failure(let error) in results {
                #expect([.failedPrecondition, .invalidArgument, .aborted].contains(error.code), "\(error)")
                #expect(error.outcome == .none)
            }
            #expect(try await server.get(payment.id).amountRefunded == 980)
            #expect(server.development.simulator?.paymentBooks(payment.id).refunded == 980)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what was acknowledged is there after a restart, with the same ids and keys`() async throws {
        let folder = try TemporaryFolder()
        let before = try await ServerHarness.run(in: folder.path) { server in
            (payment: try await server.process(order: "order-1", key: "key-1"), events: try await server.allEvents())
        }
        try await ServerHarness.run(in: folder.path) { server in
            #expect(try await server.get(before.payment.id).encoded() == before.payment.encoded())
            let events = try await server.allEvents()
            #expect(Array(events.prefix(before.events.count)) == before.events)
            #expect(try await server.process(order: "order-1", key: "key-1").id == before.payment.id)
            let operation = try await OperationServiceClient(server.client).getOperation(
                .with { $0.name = .idempotencyKey("key-1") }
            ).operation
            #expect(operation?.state == .finished)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a call that is still at the processor when a drain ends is told that its outcome is unknown`() async throws {
        let folder = try TemporaryFolder()
        let stripe = try await SilentStripe()
        try await ServerHarness.run(in: folder.path, settings: ["drain.ms": "100"], stripeURL: stripe.url) { server in
            // Without a key and of a method that isn't idempotent by itself: the client doesn't try again.
            async let refusal = #expect(throws: RPCError.self) { try await server.process(order: "order-1") }
            #expect(await stripe.asked.next().hasPrefix("POST /v1/payment_intents"))
            await server.development.stop()
            let error = await refusal
            #expect(error?.code == .unavailable && error?.outcome == .unknown && error?.notProcessed == false)
            #expect(error?.reason == "draining")
        }
        try await stripe.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `calls that leave together are answered each, and gets find what the call before them creates`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let client = try await ServerHarness.connect(try server.development.clientSettings())
            let payments = PaymentServiceClient(client)
            for round in 0..<20 {
                let orders = (0...round).map { "order-\($0)" }
                let keys = orders + ["none"] + orders
                let answers = AsyncStream<(Int, Result<String?, RPCError>)>.makeStream()
                // Made inside a completion, calls leave in one write, which the server reads at once.
                DiagnosticsServiceClient(client).echo(.init()) { _ in
                    payments.createPayment(
                        .with {
                            $0.amount = 100
                            $0.currency = "usd"
                            $0.orderId = "order-\(round)"
                        }
                    ) { answers.continuation.yield((-1, $0.map { $0.payment?.orderId })) }
                    for (index, key) in keys.enumerated() {
                        payments.getPayment(.with { $0.key = .orderId(key) }) {
                            answers.continuation.yield((index, $0.map { $0.payment?.orderId }))
                        }
                    }
                }
                var seen: [Int: Result<String?, RPCError>] = [:]
                for await (call, answer) in answers.stream {
                    #expect(seen.updateValue(answer, forKey: call) == nil)
                    if seen.count == keys.count + 1 { break }
                }
                #expect(try seen[-1]?.get() == "order-\(round)")
                for (index, key) in keys.enumerated() where key != "none" { #expect(try seen[index]?.get() == key) }
                let refused = #expect(throws: RPCError.self) { try seen[orders.count]?.get() }
                #expect(refused?.code == .notFound)
            }
            await client.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a second server on the same data directory is refused`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { _ in
            let error = await #expect(throws: StartupError.self) {
                try await ServerHarness.run(in: folder.path) { _ in }
            }
            #expect(error?.message.contains("is served by") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a wrong master key is refused, and so is none`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { _ in }
        let development = DevelopmentFolder(folder.path)
        try PrivateFile.write(MasterKeyText.generate(), to: development.masterKeyFile)
        let error = await #expect(throws: StartupError.self) {
            try await ServerHarness.run(in: folder.path) { _ in }
        }
        #expect(error?.message.contains("master key") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `health and readiness answer on the loopback, and nothing else does`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let status1 = try await server.operations("/healthz").status
            #expect(status1 == 200)
            let status2 = try await server.operations("/readyz").status
            #expect(status2 == 200)
            let status3 = try await server.operations("/").status
            #expect(status3 == 404)
            _ = try await server.process(order: "order-1")
            let metrics = try await server.operations("/metrics").body
            for name in [
                "remit_calls_total{method=\"remit.v1.PaymentService/ProcessPayment\",code=\"OK\"} 1",
                "remit_call_seconds_bucket", "remit_commits_total", "remit_commit_members_total",
                "remit_oldest_unknown_operation_seconds 0", "remit_inbox_depth", "remit_wal_bytes",
                "remit_open_tenants 1", "remit_page_cache_bytes 0", "remit_page_cache_limit_bytes 536870912",
                "remit_webhooks_total{outcome=\"accepted\"}",
            ] {
                #expect(metrics.contains(name), "\(name)")
            }
        }
    }
}
