import Foundation
import Logging
import RemitAPI
import RemitClient
import RemitRPC
import RemitServer
import RemitWire

/// One trial: calls at once, a kill at a point, a restart, silence, the same calls again, and the proof.
struct CrashRound {
    enum Verb: String, CaseIterable { case process, refund }

    struct Ports {
        var listen: Int
        var ingress: Int
        var operations: Int
    }

    struct Result {
        var faults: [String]
        var summary: String
    }

    private static let amount: Int64 = 1_000
    private static let inFlight = 4

    let verb: Verb
    let point: String
    let nth: Int
    let calls: Int

    var name: String { "\(verb.rawValue) \(point):\(nth)" }

    func run() async throws -> Result {
        let folder = NSTemporaryDirectory() + "remit-crash-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ports = Ports(
            listen: try await FreePort.find(), ingress: try await FreePort.find(),
            operations: try await FreePort.find())
        let development = DevelopmentFolder(folder)
        try development.prepare()
        let authority = try DevelopmentAuthority.ensure(in: folder)
        var options = SimulatorHost.Options()
        options.webhookURL = DevelopmentServer.webhookURL(ingressPort: ports.ingress)
        options.webhookSecret = try development.read(development.webhookSecretFile)
        options.webhookAuthorityFile = authority.authority
        let quiet = Logger(label: "remit") { LineLogHandler(label: $0, level: .critical, format: .text) }
        let simulator = try await SimulatorHost.start(options, logger: quiet)
        do {
            let result = try await run(folder, ports, simulator)
            await simulator.stop()
            return result
        } catch {
            await simulator.stop()
            throw error
        }
    }

    private func run(_ folder: String, _ ports: Ports, _ simulator: SimulatorHost) async throws -> Result {
        var ids: [String] = []
        if verb == .refund { ids = try await prepare(folder, ports, simulator) }
        // Killed.
        let doomed = try ServerProcess(
            folder: folder, ports: ports, stripeURL: simulator.url, crashAt: "\(point):\(nth)")
        let client = try await doomed.client()
        let acknowledged = await callAll(client, ids).compactMapValues { try? $0.get() }
        let hasEnded = try await doomed.ended(within: 30)
        await client.close()
        guard hasEnded, doomed.wasKilled else {
            try? await doomed.stop()
            return Result(faults: ["the server wasn't killed at \(point)"], summary: "not killed")
        }
        // Restarted; nobody calls.
        let revived = try ServerProcess(folder: folder, ports: ports, stripeURL: simulator.url)
        let isSettled = try await settled(revived, ports)
        let silent = try await revived.client()
        let finished = try await unfinishedWithoutCalls(silent)
        // The same calls again.
        let again = await callAll(silent, ids)
        var faults = await proof(silent, simulator, acknowledged: acknowledged, again: again)
        if !isSettled { faults.append("after the restart an operation stayed unknown without calls") }
        faults += finished.map { "left unfinished without calls: \($0)" }
        await silent.close()
        try await revived.stop()
        return Result(faults: faults, summary: "\(acknowledged.count) of \(calls) acknowledged before the kill")
    }

    /// Payments to refund, made by a server that isn't killed.
    private func prepare(_ folder: String, _ ports: Ports, _ simulator: SimulatorHost) async throws -> [String] {
        let server = try ServerProcess(folder: folder, ports: ports, stripeURL: simulator.url)
        let client = try await server.client()
        let made = await Self.concurrently(calls) { index in try await Self.process(client, index) }
        await client.close()
        try await server.stop()
        return try made.map { try $0.get() }
    }

    /// Waits, without a call, until the tenant was opened and nothing in it is unknown.
    private func settled(_ server: ServerProcess, _ ports: Ports) async throws -> Bool {
        let probe = OperationsProbe(port: ports.operations)
        let end = ContinuousClock.now + .seconds(40)
        var quietReadings = 0
        while ContinuousClock.now < end, !server.hasEnded {
            let isOpen = await probe.value(of: "remit_open_tenants").map { $0 >= 1 } ?? false
            let isKnown = await probe.value(of: "remit_oldest_unknown_operation_seconds") == 0
            quietReadings = isOpen && isKnown ? quietReadings + 1 : 0
            if quietReadings == 3 { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Payments and refunds whose newest event isn't final, before any call but this reading one.
    private func unfinishedWithoutCalls(_ client: RemitClient) async throws -> [String] {
        var newest: [String: String] = [:]
        for event in try await Self.events(client) { newest[event.entityId] = event.type }
        let open = ["payment.created", "refund.created"]
        return newest.filter { open.contains($0.value) }.map { "\($0.key) (\($0.value))" }.sorted()
    }

    private func callAll(_ client: RemitClient, _ ids: [String]) async -> [Int: Swift.Result<String, any Error>] {
        let verb = verb
        let results = await Self.concurrently(calls) { index in
            switch verb {
            case .process: try await Self.process(client, index)
            case .refund: try await Self.refund(client, ids[index], index)
            }
        }
        return Dictionary(uniqueKeysWithValues: results.enumerated().map { ($0.offset, $0.element) })
    }

    private func proof(
        _ client: RemitClient, _ simulator: SimulatorHost, acknowledged: [Int: String],
        again: [Int: Swift.Result<String, any Error>]
    ) async -> [String] {
        var faults: [String] = []
        for index in 0..<calls {
            switch again[index] {
            case .success(let id)?:
                if let before = acknowledged[index], before != id {
                    faults.append("call \(index) was acknowledged as \(before), and is \(id) now")
                }
            case .failure(let error)?: faults.append("call \(index) fails after the restart: \(error)")
            case nil: faults.append("call \(index) wasn't repeated")
            }
        }
        let totals = simulator.totals
        if totals.paidCharges != calls { faults.append("\(totals.paidCharges) charges for \(calls) orders") }
        if totals.captured != Int64(calls) * Self.amount { faults.append("\(totals.captured) captured") }
        let refunded = verb == .refund ? Int64(calls) * Self.amount / 2 : 0
        if totals.refunded != refunded { faults.append("\(totals.refunded) refunded instead of \(refunded)") }
        do {
            let sequences = try await Self.events(client).map(\.sequence)
            if sequences != sequences.indices.map({ Int64($0) + 1 }) { faults.append("the events have holes") }
        } catch {
            faults.append("the events can't be read: \(error)")
        }
        return faults
    }

    private static func process(_ client: RemitClient, _ index: Int) async throws -> String {
        var request = ProcessPaymentRequest()
        request.orderId = "order-\(index)"
        request.amount = amount
        request.currency = "usd"
        request.paymentMethod = "pm_card_visa"
        request.offSession = true
        let options = CallOptions(timeout: .seconds(20), idempotencyKey: "process-\(index)")
        let payment = try await PaymentServiceClient(client).processPayment(request, options: options).payment
        guard let payment, payment.stage == .captured else {
            throw StartupError("It was answered well, and isn't captured: \(payment?.stage.name ?? "no payment").")
        }
        return payment.id
    }

    private static func refund(_ client: RemitClient, _ payment: String, _ index: Int) async throws -> String {
        var request = RefundPaymentRequest()
        request.id = payment
        request.amount = amount / 2
        let options = CallOptions(timeout: .seconds(20), idempotencyKey: "refund-\(index)")
        let refund = try await PaymentServiceClient(client).refundPayment(request, options: options).refund
        guard let refund, refund.status == .succeeded else {
            throw StartupError("It was answered well, and isn't refunded: \(refund?.status.name ?? "no refund").")
        }
        return refund.id
    }

    private static func events(_ client: RemitClient) async throws -> [Event] {
        var request = ListEventsRequest()
        request.pageSize = 100
        var events: [Event] = []
        while true {
            let page = try await EventServiceClient(client).listEvents(request)
            events += page.events
            guard page.hasMore, let next = page.next else { return events }
            var selection = EventSelection()
            selection.after = next
            request.selection = selection
        }
    }

    private static func concurrently(
        _ count: Int, _ call: @escaping @Sendable (Int) async throws -> String
    ) async -> [Swift.Result<String, any Error>] {
        await withTaskGroup(of: (Int, Swift.Result<String, any Error>).self) { group in
            var results: [(Int, Swift.Result<String, any Error>)] = []
            for index in 0..<count {
                // Few at once, so that there are several commits to be killed at.
                if index >= inFlight, let result = await group.next() { results.append(result) }
                group.addTask {
                    do {
                        return (index, .success(try await call(index)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: results) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
