import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("The event log")
struct EventLogTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    @Test("sequence numbers have no hole after a rollback")
    func gapless() throws {
        let first = try tenant.database.transaction { rows throws(StorageError) in
            try rows.append(Fixture.event("event_1"))
        }
        let transaction = try tenant.database.begin()
        #expect(try transaction.append(Fixture.event("event_2")) == 2)
        #expect(try transaction.append(Fixture.event("event_3")) == 3)
        tenant.database.rollback(transaction)
        let second = try tenant.database.transaction { rows throws(StorageError) in
            try rows.append(Fixture.event("event_4"))
        }
        #expect([first, second] == [1, 2])
    }

    @Test("an event comes back as it was, with what its entity was before")
    func before() throws {
        let drafts = [
            Fixture.event("event_1", entity: "a", after: "a1"),
            Fixture.event(
                "event_2", entity: "b", type: .alertRaised, after: "b1", operation: OperationID("operation_1"),
                stripeEventID: "evt_1"),
            Fixture.event("event_3", entity: "a", after: "a2"),
        ]
        try tenant.database.transaction { rows throws(StorageError) in
            for draft in drafts { try rows.append(draft) }
            let page = try rows.events(EventQuery(), epoch: 7)
            #expect(page.events.map(\.draft) == drafts)
            #expect(page.events.map(\.sequence) == [1, 2, 3])
            #expect(page.events.map { String(decoding: $0.before, as: UTF8.self) } == ["", "", "a1"])
            #expect(page.next == EventPosition(epoch: 7, sequence: 3))
            #expect(!page.hasMore)
            #expect(try rows.newestSequence(of: "a") == 3)
            #expect(try rows.newestSequence(of: "c") == nil)
            #expect(try rows.lastSequence() == 3)
            let after = try rows.withEventBytes(2) { span in span.indices.map { span[$0] } }
            #expect(after == Array("b1".utf8))
            #expect(try rows.withEventBytes(4) { _ in 0 } == nil)
        }
    }

    @Test("pages follow each other, and a filter still moves the cursor")
    func pages() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            for index in 1...7 {
                let type = index.isMultiple(of: 3) ? EventType.paymentCaptured : .paymentCreated
                try rows.append(Fixture.event("event_\(index)", entity: index < 5 ? "a" : "b", type: type))
            }
            var query = EventQuery()
            query.limit = 3
            let first = try rows.events(query, epoch: 1)
            #expect(first.events.map(\.sequence) == [1, 2, 3])
            #expect(first.hasMore)
            query.after = first.next
            query.types = [.paymentCaptured]
            let second = try rows.events(query, epoch: 1)
            #expect(second.events.map(\.sequence) == [6])
            #expect(second.next.sequence == 7)
            #expect(!second.hasMore)
            query.after = nil
            query.entity = "a"
            let ofEntity = try rows.events(query, epoch: 1)
            #expect(ofEntity.events.map(\.sequence) == [3])
            #expect(ofEntity.next.sequence == 7)
        }
    }

    @Test("a page ends after 20,000 events were looked at, and the next one goes on behind them")
    func lookedAt() throws {
        #expect(EventQuery.eventsLookedAtMax == 20_000)
        try tenant.database.transaction { rows throws(StorageError) in
            for index in 1...7 {
                try rows.append(Fixture.event("event_\(index)", type: index == 6 ? .paymentCaptured : .paymentCreated))
            }
            var query = EventQuery()
            query.types = [.paymentCaptured]
            var pages: [EventPage] = []
            while pages.last?.hasMore ?? true {
                pages.append(try rows.events(query, epoch: 1, lookedAtMax: 3))
                query.after = pages.last?.next
            }
            #expect(pages.map { $0.events.map(\.sequence) } == [[], [6], []])
            #expect(pages.map(\.next.sequence) == [3, 6, 7])
        }
    }
}
