import Histogram
import RemitAPI
import RemitClient
import RemitRPC
import RemitWire
import Synchronization

/// One writer and many readers of the same tenant's events: how soon each reader has what was committed, and whether
/// every event came to each of them, once and in order.
struct FanOut {
    let bench: LoadBench
    let row: LoadRow
    let subscribers: Int

    /// How long readers may take for what was written last.
    static let patience: Duration = .seconds(10)

    func sample() async throws -> LoadSample {
        let tenant = bench.tenants(row.tenants)[0]
        let run = RunName.next()
        let create = CreateScenario(tenants: [tenant], run: run)
        let writers = try await bench.connect(1)
        let clients = try await bench.connect(row.connections)
        let begin = try await Self.cursor(run, writers[0], tenant)
        let readings = (0..<subscribers).map { _ in Reading(after: begin.sequence) }
        let writings = Writings(create)
        let options = CallOptions(tenant: tenant.id)
        var request = SubscribeEventsRequest()
        request.selection = .with { $0.after = begin }
        let asked = request.encoded()
        let sample = try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, reading) in readings.enumerated() {
                let client = clients[index % clients.count]
                group.addTask { try await reading.run(client, asked, options) }
            }
            var row = row
            row.spread = .single
            let moment = Moment.now
            let window = Window(from: moment, warmUp: bench.warmUp, duration: bench.duration)
            let sample = try await bench.sample(writings, row, over: writers, window, moment)
            // The newest event that a reader saw is the newest there is only when all have it.
            await Self.wait(for: readings, to: writings.count)
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch let error as RPCError where error.code == .cancelled {
                // They were told to end.
            }
            return Self.judge(sample, writings.answers, readings.map(\.seen), window)
        }
        for client in clients + writers { await client.close() }
        return sample
    }

    /// The place in the tenant's events behind which everything is this run's.
    private static func cursor(
        _ run: String, _ client: RemitClient, _ tenant: LoadTenant
    ) async throws(RPCError) -> EventCursor {
        var request = CreatePaymentRequest()
        request.amount = 2_500
        request.currency = "usd"
        let made = try await PaymentServiceClient(client).createPayment(
            request, options: CallOptions(idempotencyKey: "first-\(run)", tenant: tenant.id))
        var list = ListEventsRequest()
        list.selection = .with { $0.entityId = made.payment?.id ?? "" }
        let page = try await EventServiceClient(client).listEvents(list, options: CallOptions(tenant: tenant.id))
        guard let event = page.events.last else { throw .wrongAnswer("a payment that was made has no event") }
        return .with {
            $0.epoch = page.next?.epoch ?? 0
            $0.sequence = event.sequence
        }
    }

    /// Waits until every reader has seen `count` events, or patience ends.
    private static func wait(for readings: [Reading], to count: Int) async {
        let end = ContinuousClock.now + patience
        while readings.contains(where: { $0.count < count }), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension FanOut {
    /// When a payment's event came, by its place in the order.
    struct Receipt: Sendable {
        var payment: String
        var at: UInt64
    }

    /// What one reader saw.
    struct Seen: Sendable {
        /// In the order in which they came.
        var receipts: [Receipt] = []
        /// Events that didn't have the number behind that of the one before.
        var misplaced = 0
    }

    /// Holds what was read against what was answered.
    ///
    /// A latency goes from the writer's answer, which follows the commit at once, to the event's arrival; an event that
    /// came before the answer counts as 0.
    static func judge(
        _ writes: LoadSample, _ answers: [String: UInt64], _ readers: [Seen], _ window: Window
    ) -> LoadSample {
        var sample = LoadSample(seconds: writes.seconds)
        sample.cpuMicroseconds = writes.cpuMicroseconds
        sample.loadMicroseconds = writes.loadMicroseconds
        sample.tally.failed = writes.tally.failed
        sample.tally.failure = writes.tally.failure
        var lost = 0
        var early = 0
        for reader in readers {
            var seen = 0
            for receipt in reader.receipts {
                guard let answered = answers[receipt.payment] else { continue }
                seen += 1
                if window.contains(receipt.at) { sample.tally.answers += 1 }
                guard window.contains(answered) else { continue }
                if receipt.at < answered { early += 1 }
                _ = sample.tally.latencies.record(receipt.at > answered ? receipt.at - answered : 0)
            }
            lost += answers.count - seen
        }
        let misplaced = readers.reduce(0) { $0 + $1.misplaced }
        sample.tally.failed += lost + misplaced
        sample.others[.writes] = writes.requestsPerSecond
        sample.remarks = [
            "\(readers.count) readers, \(NumberText.number(writes.requestsPerSecond.rounded())) writes a second: \(lost)"
                + " events lost, \(misplaced) out of order. \(early) of \(sample.tally.good) came before the writer's own"
                + " answer, and count as 0 µs."
        ]
        return sample
    }

    /// Creates, and when each was answered.
    final class Writings: Scenario {
        private let create: CreateScenario
        private let state = Mutex<[String: UInt64]>([:])

        init(_ create: CreateScenario) { self.create = create }

        /// By the payment's id.
        var answers: [String: UInt64] { state.withLock { $0 } }
        var count: Int { state.withLock { $0.count } }

        func call(_ number: Int, tenant: Int) -> LoadCall { create.call(number, tenant: tenant) }

        func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
            let moment = Moment.now
            let payment = try create.payment(in: answer, number)
            state.withLock { $0[payment.id] = moment }
        }
    }

    /// One reader, until it is cancelled.
    final class Reading: Sendable {
        private let state: Mutex<Seen>
        private let received = Atomic<Int>(0)
        private let begin: Int64

        init(after sequence: Int64) {
            begin = sequence
            state = Mutex(Seen())
        }

        /// Events so far.
        var count: Int { received.load(ordering: .relaxed) }
        var seen: Seen { state.withLock { $0 } }

        func run(_ client: RemitClient, _ request: [UInt8], _ options: CallOptions) async throws {
            let method = EventServiceMethods.subscribeEvents
            let stream = try await client.serverStreaming(method, request: request, options: options)
            var last = begin
            while let bytes = try await stream.next() {
                let now = Moment.now
                let response: SubscribeEventsResponse = try decodeResponse(bytes.span, of: method)
                guard let event = response.event else { continue }
                state.withLock { seen in
                    if event.sequence != last + 1 { seen.misplaced += 1 }
                    seen.receipts.append(Receipt(payment: event.entityId, at: now))
                }
                last = event.sequence
                received.wrappingAdd(1, ordering: .relaxed)
            }
        }
    }
}
