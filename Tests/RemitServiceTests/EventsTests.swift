import RemitAPI
import RemitDomain
import RemitRPC
import RemitTesting
import RemitWire
import Synchronization
import Testing

/// Events in pages and as streams.
struct EventsTests {
    private let bench = ServiceBench()

    private static func event(_ sequence: Int64, _ type: EventType = .paymentCaptured) -> RemitDomain.Event {
        Event(
            sequence: sequence,
            draft: EventDraft(
                id: EventID("event_\(sequence)"), type: type, entityType: type.entityType, entity: "payment_1",
                verb: "process", after: [1, 2], actor: "principal_ours", operation: OperationID("operation_1"),
                stripeEventID: "evt_1", at: Fixture.start),
            before: [3])
    }

    private func page(_ sequences: [Int64], through last: Int64, more: Bool = false, epoch: Int64 = 5) -> EventPage {
        EventPage(
            events: sequences.map { Self.event($0) }, next: EventPosition(epoch: epoch, sequence: last), hasMore: more)
    }

    @Test("a list asks for what was selected, and carries events and the cursor to go on with")
    func list() async throws {
        let page = page([4, 6], through: 7, more: true)
        bench.directory.readsEvents { _ in page }
        let request = ListEventsRequest.with {
            $0.pageSize = 2
            $0.selection = .with {
                $0.after = .with { ($0.epoch, $0.sequence) = (5, 3) }
                $0.types = ["PaymentProcessed", "refund.updated"]
                $0.entityId = "payment_1"
            }
        }
        let response = try await bench.events().listEvents(request)
        guard case .events(let query)? = bench.directory.entries.last?.asked else {
            Issue.record("The directory wasn't asked.")
            return
        }
        #expect(query.after == EventPosition(epoch: 5, sequence: 3) && query.limit == 2)
        #expect(
            Set(query.types) == [.paymentCaptured, .refundUpdated, .refundSucceeded, .refundFailed, .refundCanceled])
        #expect(query.entity == "payment_1")
        #expect(response.events.map(\.sequence) == [4, 6] && response.hasMore)
        #expect(response.next == .with { ($0.epoch, $0.sequence) = (5, 7) })
        let event = try #require(response.events.first)
        #expect(event.id == "event_4" && event.type == "payment.captured" && event.entityType == "payment")
        #expect(
            event.entityId == "payment_1" && event.verb == "process" && event.before == [3] && event.after == [1, 2])
        #expect(event.actor == "principal_ours" && event.operationId == "operation_1")
        #expect(event.stripeEventId == "evt_1" && event.atMs == Fixture.start.milliseconds)
        #expect(event.aliases.contains("PaymentProcessed"))
    }

    @Test("a selection names 64 types at most")
    func tooManyTypes() async throws {
        let page = page([], through: 0)
        bench.directory.readsEvents { _ in page }
        let types = Array(repeating: "payment.captured", count: 64)
        _ = try await bench.events().listEvents(.with { $0.selection = .with { $0.types = types } })
        let error = try await refusal {
            try await bench.events().listEvents(
                .with { $0.selection = .with { $0.types = types + ["payment.created"] } })
        }
        #expect(error.code == .invalidArgument && error.field == "selection.types")
    }

    @Test("without a selection a list begins at the first event, 25 a page")
    func defaults() async throws {
        _ = try await bench.events().listEvents(.init())
        guard case .events(let query)? = bench.directory.entries.last?.asked else {
            Issue.record("The directory wasn't asked.")
            return
        }
        #expect(query == EventQuery() && query.limit == 25)
    }

    @Test("an unknown cursor is OUT_OF_RANGE, in a list and in a stream")
    func unknownCursor() async throws {
        let refused = PaymentError(.outOfRange, reason: "unknown_cursor", message: "Begin anew.")
        bench.directory.readsEvents { _ throws(PaymentError) in throw refused }
        let events = try bench.events()
        let selection = EventSelection.with { $0.after = .with { $0.epoch = 9 } }
        let listed = try await refusal { try await events.listEvents(.with { $0.selection = selection }) }
        #expect(listed.code == .outOfRange && listed.reason == "unknown_cursor")
        let streamed = try await refusal {
            for try await _ in try await events.subscribeEvents(.with { $0.selection = selection }) {}
        }
        #expect(streamed.code == .outOfRange)
    }

    @Test("a stream sends what is there, then waits after its own cursor for what comes")
    func subscribe() async throws {
        let pages = Mutex([page([1, 2], through: 2, more: true), page([3], through: 3), page([4], through: 4)])
        bench.directory.readsEvents { query in
            pages.withLock {
                $0.isEmpty
                    ? EventPage(events: [], next: query.after ?? .init(epoch: 0, sequence: 0), hasMore: false)
                    : $0.removeFirst()
            }
        }
        let stream = try await bench.events().subscribeEvents(.init())
        var received: [SubscribeEventsResponse] = []
        for try await response in stream {
            received.append(response)
            if received.count == 3 { bench.directory.newEvent.send() }
            if received.count == 4 { break }
        }
        #expect(received.map(\.next.sequenceOrNone) == [1, 2, 3, 4])
        #expect(received.compactMap(\.event?.sequence) == [1, 2, 3, 4])
        #expect(received.allSatisfy { $0.next?.epoch == 5 })
        var cursors: [EventPosition?] = []
        var waits: [Int64] = []
        for entry in bench.directory.entries {
            if case .events(let query) = entry.asked { cursors.append(query.after) }
            if case .wait(let sequence) = entry.asked { waits.append(sequence) }
        }
        #expect(cursors.prefix(3) == [nil, EventPosition(epoch: 5, sequence: 2), EventPosition(epoch: 5, sequence: 3)])
        #expect(waits.first == 3)
    }

    @Test("events that a filter leaves out still advance the cursor")
    func filteredAdvance() async throws {
        let pages = Mutex([page([2], through: 6), page([], through: 9)])
        bench.directory.readsEvents { query in
            pages.withLock {
                $0.isEmpty
                    ? EventPage(events: [], next: query.after ?? .init(epoch: 0, sequence: 0), hasMore: false)
                    : $0.removeFirst()
            }
        }
        let selection = EventSelection.with { $0.types = ["payment.captured"] }
        var received: [SubscribeEventsResponse] = []
        for try await response in try await bench.events().subscribeEvents(.with { $0.selection = selection }) {
            received.append(response)
            if received.count == 2 { bench.directory.newEvent.send() }
            if received.count == 3 { break }
        }
        #expect(received.map { $0.event?.sequence } == [2, nil, nil])
        #expect(received.map(\.next.sequenceOrNone) == [2, 6, 9])
    }

    @Test("a stream whose wait ends without an event is told that the server goes away, and where to resume")
    func goingAway() async throws {
        let first = page([7], through: 7)
        bench.directory.readsEvents { query in
            query.after == nil ? first : EventPage(events: [], next: first.next, hasMore: false)
        }
        bench.directory.newEvent.send()
        var received: [Int64?] = []
        let error = try await refusal {
            for try await response in try await bench.events().subscribeEvents(.init()) {
                received.append(response.event?.sequence)
            }
        }
        #expect(received == [7])
        #expect(error.code == .unavailable && error.reason == "draining" && error.message.contains("sequence 7"))
        #expect(!error.notProcessed && error.retryAfterMilliseconds != nil)
    }

    @Test("a stream whose key is revoked ends at its next page")
    func revoked() async throws {
        let first = page([1], through: 1)
        bench.directory.readsEvents { query in
            query.after == nil ? first : EventPage(events: [], next: first.next, hasMore: false)
        }
        let control = bench.control
        let newEvent = bench.directory.newEvent
        let stream = try await bench.events().subscribeEvents(.init())
        let error = try await refusal {
            for try await _ in stream {
                control.change { $0.keys[FixedControl.hash("key-ours")] = nil }
                newEvent.send()
            }
        }
        #expect(error.code == .unauthenticated && error.reason == "credential_revoked")
    }
}

extension EventCursor? {
    /// The sequence; -1 where there is no cursor.
    fileprivate var sequenceOrNone: Int64 { self?.sequence ?? -1 }
}
