import Hummingbird
package import Logging
package import NIOCore
package import RemitDomain
package import RemitStripeSimulator
import Synchronization

/// The simulator behind HTTP, on loopback: `/v1/…` as Stripe's API, `GET /_books` as its own view of the books.
///
/// Sends the books' events to the configured endpoints.
package final class SimulatorServer: Sendable {
    /// How often time passes for the books when no request comes.
    private static let tickMilliseconds = 250

    package let books: SimulatorBooks
    private let configuration: SimulatorConfiguration
    private let sender: WebhookSender
    private let group: any EventLoopGroup
    private let logger: Logger
    private let listening = PortPromise()
    private let running = Mutex<Task<Void, any Error>?>(nil)

    /// Why a configuration is refused.
    package struct NotLoopback: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String { "The simulator listens on loopback addresses only." }
    }

    /// A server over `books`, which ought to follow the system's clock, as signatures do.
    package init(
        _ configuration: SimulatorConfiguration, books: SimulatorBooks, clock: any WallClock = SimulatorClock(),
        group: any EventLoopGroup, logger: Logger
    ) throws {
        guard ["127.0.0.1", "::1", "localhost"].contains(configuration.host) else { throw NotLoopback() }
        self.configuration = configuration
        self.books = books
        self.group = group
        self.logger = logger
        sender = try WebhookSender(configuration, clock: clock, group: group, logger: logger)
        books.with { $0.queuesDeliveries = configuration.webhooksFollow || !configuration.webhooks.isEmpty }
    }

    /// Names the endpoints that events have waited for (``SimulatorConfiguration/webhooksFollow``).
    ///
    /// The first call counts.
    package func deliver(to endpoints: [SimulatorConfiguration.WebhookEndpoint]) {
        sender.deliver(to: endpoints)
    }

    /// The port it listens on; returns once it does, throws when it couldn't.
    package var port: Int {
        get async throws { try await listening.port() }
    }

    /// Serves until it is canceled, or told to shut down gracefully.
    package func run() async throws {
        let sender = sender
        let door = SimulatorDoor(
            books: books, lostAnswerMilliseconds: configuration.lostAnswerMilliseconds,
            eventsOccurred: { sender.enqueue($0) })
        let listening = listening
        let application = Application(
            responder: CallbackResponder<SimulatorDoor.Context> { request, context in
                try await door.respond(to: request, context: context)
            },
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { listening.fulfil($0.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(group), logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await sender.run() }
                tasks.addTask { try await self.tick() }
                tasks.addTask { try await application.run() }
                defer { tasks.cancelAll() }
                try await tasks.next()
            }
        } catch {
            listening.fail(error)
            guard error is CancellationError || Task.isCancelled else { throw error }
        }
        listening.fail(CancellationError())
    }

    /// Starts serving beside the caller, who calls ``shutdown()`` at the end; returns the port.
    package func start() async throws -> Int {
        running.withLock { running in
            precondition(running == nil, "The server was started before.")
            // Unstructured: it outlives this call by design and ends with shutdown().
            running = Task { try await self.run() }
        }
        return try await port
    }

    /// Ends what ``start()`` began, and waits for its end.
    package func shutdown() async throws {
        let task = running.withLock { $0 }
        task?.cancel()
        try await task?.value
    }

    /// Lets time pass for what becomes due by itself.
    private func tick() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(Self.tickMilliseconds))
            sender.enqueue(books.takeDeliveries())
        }
    }
}
