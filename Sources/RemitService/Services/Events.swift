import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant
import RemitWire

/// Serves a tenant's events, in pages and as streams.
struct Events: EventService {
    /// Events of one page of a stream: few enough to be held while the caller's window is shut.
    private static var streamPageSize: Int { 64 }

    let core: ServiceCore

    func listEvents(_ request: ListEventsRequest, _ call: UnaryCall<ListEventsResponse>) {
        let scope = core.scope(of: call.context)
        let query: EventQuery
        do throws(PaymentError) {
            let limit = try RequestField.pageSize(request.pageSize, standard: EventQuery.limitDefault)
            query = try EventQuery(request.selection, limit: limit)
        } catch {
            call.fail(RPCError(error))
            return
        }
        core.start(call) { [core] () throws(RPCError) in
            let page = try await core.page(query, in: scope)
            return .with {
                $0.events = page.events.map { RemitAPI.Event($0) }
                $0.next = EventCursor(page.next)
                $0.hasMore = page.hasMore
            }
        }
    }

    /// Sends pages after the stream's own cursor, each message as the caller's window allows, and waits for more.
    ///
    /// At least once: each message carries the cursor to resume after it. A filter still advances the cursor: where no
    /// event of a page's end matched, a message without an event says so.
    func subscribeEvents(
        _ request: SubscribeEventsRequest, _ stream: ServerStream<SubscribeEventsResponse>
    ) async throws(RPCError) {
        let scope = core.scope(of: stream.context)
        var query: EventQuery
        do throws(PaymentError) {
            query = try EventQuery(request.selection, limit: Self.streamPageSize)
        } catch {
            throw RPCError(error)
        }
        var told = query.after
        var hasWaited = false
        while true {
            try core.access.stillAdmits(stream.context, .tenant)
            let page = try await core.page(query, in: scope)
            // A wait ends with an event, or because the directory closes.
            if hasWaited, page.next == query.after { throw .goingAway(after: page.next) }
            for event in page.events {
                let position = EventPosition(epoch: page.next.epoch, sequence: event.sequence)
                try await stream.send(
                    .with {
                        $0.event = RemitAPI.Event(event)
                        $0.next = EventCursor(position)
                    })
                told = position
            }
            if told != page.next {
                try await stream.send(.with { $0.next = EventCursor(page.next) })
                told = page.next
            }
            query.after = page.next
            hasWaited = !page.hasMore
            if hasWaited { try await core.wait(after: page.next, in: scope) }
        }
    }
}

extension ServiceCore {
    fileprivate func page(_ query: EventQuery, in scope: Scope) async throws(RPCError) -> EventPage {
        do throws(PaymentError) {
            return try await directory.events(query, in: tenant(scope))
        } catch {
            throw RPCError(error)
        }
    }

    fileprivate func wait(after position: EventPosition, in scope: Scope) async throws(RPCError) {
        do {
            try await directory.waitForEvent(after: position.sequence, in: tenant(scope))
            try Task.checkCancellation()
        } catch let error as PaymentError {
            throw RPCError(error)
        } catch is CancellationError {
            throw RPCError(.cancelled, "The stream was cancelled; resume after its last cursor.")
        } catch {
            throw RPCError(
                .internal, "The stream failed; resume after its last cursor.", reason: "stream",
                errorID: RPCError.makeErrorID(), context: ["error": "\(error)"])
        }
    }
}

extension RPCError {
    fileprivate static func goingAway(after position: EventPosition) -> RPCError {
        RPCError(
            .unavailable, "The server is going away; resume after sequence \(position.sequence).", reason: "draining",
            retryAfterMilliseconds: 100)
    }
}
