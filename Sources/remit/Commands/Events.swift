import ArgumentParser
import RemitAPI
import RemitRPC

/// The commands `remit events …`.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the tenant's events.", subcommands: [List.self, Tail.self])

    /// Which events.
    struct Selection: ParsableArguments {
        @Option(help: "After this cursor (epoch:sequence, as shown), or after this sequence number.")
        var after: String?
        @Option(help: "Of this type, such as payment.refunded; may be repeated.") var type: [String] = []
        @Option(help: "Of this payment, refund or customer.") var entity: String = ""

        func request() throws -> EventSelection {
            var selection = EventSelection()
            selection.types = type
            selection.entityId = entity
            if let after { selection.after = try Self.cursor(after) }
            return selection
        }

        static func cursor(_ text: String) throws -> EventCursor {
            let numbers = text.split(separator: ":").map { Int64($0) }
            var cursor = EventCursor()
            switch (numbers.count, numbers.first ?? nil, numbers.last ?? nil) {
            case (1, let sequence?, _): cursor.sequence = sequence
            case (2, let epoch?, let sequence?):
                cursor.epoch = epoch
                cursor.sequence = sequence
            default: throw ValidationError("--after \(text) is neither a sequence number nor epoch:sequence.")
            }
            return cursor
        }

        static func text(_ cursor: EventCursor?) -> String {
            cursor.map { "\($0.epoch):\($0.sequence)" } ?? ""
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List events, oldest first.")

        @OptionGroup var selection: Selection
        @Option(help: "Rows a page.") var pageSize: Int32 = 100
        @Flag(help: "All pages, not only the first.") var all = false
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let selected = try selection.request()
            try await client.connected { channel, settings, output in
                var request = ListEventsRequest()
                request.selection = selected
                request.pageSize = pageSize
                var events: [EventView] = []
                while true {
                    let page = try await EventServiceClient(channel).listEvents(
                        request, options: client.call(settings))
                    events += page.events.map { EventView($0) }
                    if all, page.hasMore, let next = page.next {
                        request.selection?.after = next
                        continue
                    }
                    try output.show(
                        EventListView(events: events, next: Selection.text(page.next), hasMore: page.hasMore))
                    return
                }
            }
        }
    }

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show events as they come, until Ctrl-C.",
            discussion: "With --after, those since then come first. Each line's cursor resumes after it.")

        @OptionGroup var selection: Selection
        @Option(help: "Stop after so many events.") var count: Int?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let selected = try selection.request()
            try await client.connected { channel, settings, output in
                var request = SubscribeEventsRequest()
                request.selection = selected
                var options = client.call(settings)
                options.timeout = nil
                let stream = try await EventServiceClient(channel).subscribeEvents(request, options: options)
                var left = count ?? Int.max
                guard left > 0 else { return }
                for try await response in stream {
                    try output.show(EventView(response.event ?? Event(), cursor: Selection.text(response.next)))
                    left -= 1
                    if left == 0 { return }
                }
            }
        }
    }
}
