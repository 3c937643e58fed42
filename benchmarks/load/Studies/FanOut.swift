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
        let moment = Moment.now
        let window = Window(from: moment, warmUp: bench.warmUp, duration: bench.duration)
        let book = Book(window)
        let readings = (0..<subscribers).map { _ in Reading(after: begin.sequence, book) }
        let writings = Writings(create, book)
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
            let sample = try await bench.sample(writings, row, over: writers, window, moment)
            // The newest event that a reader saw is the newest there is only when all have it.
            await Self.wait(for: readings, to: book.answered)
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch let error as RPCError where error.code == .cancelled {
                // They were told to end.
            }
            return book.sample(of: sample, readers: readings.count)
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
    /// When a payment's event came to a reader.
    struct Receipt: Sendable {
        var payment: String
        var at: UInt64
    }

    /// When each payment was answered, and what the readers' receipts come to, held against that.
    ///
    /// A latency goes from the writer's answer, which follows the commit at once, to the event's arrival; an event that
    /// came before the answer counts as 0.
    final class Book: Sendable {
        private struct State {
            /// By the payment's id.
            var answers: [String: UInt64] = [:]
            var tally = Tally()
            /// Receipts of answered payments.
            var seen = 0
            var early = 0
            var misplaced = 0
        }

        private let state = Mutex(State())
        private let window: Window

        /// `window`: what is measured of the run.
        init(_ window: Window) { self.window = window }

        /// Payments so far.
        var answered: Int { state.withLock { $0.answers.count } }

        func record(_ payment: String, answeredAt moment: UInt64) {
            state.withLock { $0.answers[payment] = moment }
        }

        /// Takes in a reader's receipts, and leaves it those of payments that aren't answered yet.
        ///
        /// `misplaced`: events among them that didn't have the number behind that of the one before.
        func settle(_ receipts: inout [Receipt], misplaced: Int) {
            state.withLock { state in
                state.misplaced += misplaced
                receipts.removeAll { receipt in
                    guard let answered = state.answers[receipt.payment] else { return false }
                    state.seen += 1
                    if window.contains(receipt.at) { state.tally.answers += 1 }
                    guard window.contains(answered) else { return true }
                    if receipt.at < answered { state.early += 1 }
                    _ = state.tally.latencies.record(receipt.at > answered ? receipt.at - answered : 0)
                    return true
                }
            }
        }

        /// What the run gave, once every reader has settled.
        func sample(of writes: LoadSample, readers: Int) -> LoadSample {
            state.withLock { state in
                var sample = LoadSample(seconds: writes.seconds)
                sample.cpuMicroseconds = writes.cpuMicroseconds
                sample.loadMicroseconds = writes.loadMicroseconds
                sample.tally = state.tally
                let lost = state.answers.count * readers - state.seen
                sample.tally.failed = writes.tally.failed + lost + state.misplaced
                sample.tally.failure = writes.tally.failure
                sample.others[.writes] = writes.requestsPerSecond
                sample.remarks = [
                    "\(readers) readers, \(NumberText.number(writes.requestsPerSecond.rounded())) writes a second: "
                        + "\(lost) events lost, \(state.misplaced) out of order. \(state.early) of \(sample.tally.good)"
                        + " came before the writer's own answer, and count as 0 µs."
                ]
                return sample
            }
        }
    }

    /// Creates, which the book learns of.
    final class Writings: Scenario {
        private let create: CreateScenario
        private let book: Book

        init(_ create: CreateScenario, _ book: Book) {
            self.create = create
            self.book = book
        }

        func call(_ number: Int, tenant: Int) -> LoadCall { create.call(number, tenant: tenant) }

        func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
            let moment = Moment.now
            book.record(try create.payment(in: answer, number).id, answeredAt: moment)
        }
    }

    /// One reader, until it is cancelled.
    ///
    /// It keeps few receipts at a time, however long it reads: there may be thousands of readers.
    final class Reading: Sendable {
        /// Receipts that are settled together, so that readers seldom meet at the book.
        static let settledTogether = 256
        /// Receipts of payments that aren't answered: more than this writer has in flight are another writer's, and the
        /// oldest are forgotten.
        static let unansweredMax = 4_096

        private let received = Atomic<Int>(0)
        private let begin: Int64
        private let book: Book

        init(after sequence: Int64, _ book: Book) {
            begin = sequence
            self.book = book
        }

        /// Events so far.
        var count: Int { received.load(ordering: .relaxed) }

        func run(_ client: RemitClient, _ request: [UInt8], _ options: CallOptions) async throws {
            let method = EventServiceMethods.subscribeEvents
            var shelf = Shelf()
            defer { shelf.settle(in: book) }
            let stream = try await client.serverStreaming(method, request: request, options: options)
            var last = begin
            while let bytes = try await stream.next() {
                let now = Moment.now
                let response: SubscribeEventsResponse = try decodeResponse(bytes.span, of: method)
                guard let event = response.event else { continue }
                shelf.add(Receipt(payment: event.entityId, at: now), isNext: event.sequence == last + 1, book)
                last = event.sequence
                received.wrappingAdd(1, ordering: .relaxed)
            }
        }
    }

    /// One reader's receipts that aren't settled.
    struct Shelf {
        private(set) var receipts: [Receipt] = []
        private var misplaced = 0
        private var settledAt = Reading.settledTogether

        mutating func add(_ receipt: Receipt, isNext: Bool, _ book: Book) {
            receipts.append(receipt)
            if !isNext { misplaced += 1 }
            if receipts.count >= settledAt { settle(in: book) }
        }

        mutating func settle(in book: Book) {
            book.settle(&receipts, misplaced: misplaced)
            misplaced = 0
            receipts.removeFirst(max(0, receipts.count - Reading.unansweredMax))
            settledAt = receipts.count + Reading.settledTogether
        }
    }
}
