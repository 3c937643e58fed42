package import RemitDomain
package import RemitStripe
import Synchronization

/// A simulator that many may use at once; an exchange for adapters in the same process.
package final class SimulatorBooks: StripeExchange, Sendable {
    private let simulator: Mutex<Simulator>
    private let clock: (any WallClock)?

    /// Books that follow `clock`, or, without one, a clock of their own, which only ``advance(milliseconds:)`` moves.
    package init(
        seed: UInt64, startingAt start: Timestamp = Timestamp(seconds: 1_750_000_000), clock: (any WallClock)? = nil,
        faults: FaultPlan = FaultPlan()
    ) {
        self.clock = clock
        simulator = Mutex(Simulator(seed: seed, now: clock?.now() ?? start, faults: faults))
    }

    /// Carries out a request; faults that lose the answer lose it at once, and an answer's latency is waited for.
    @concurrent package func exchange(_ request: StripeHTTPRequest) async -> StripeHTTPResult {
        let exchange = begin(request)
        if exchange.delayMilliseconds > 0 {
            // When canceled, the answer leaves early; it isn't lost.
            try? await Task.sleep(for: .milliseconds(exchange.delayMilliseconds))
        }
        finish(exchange)
        return exchange.result
    }

    /// The first half of an exchange: the effect; the caller waits out the delay, then calls ``finish(_:)``.
    package func begin(_ request: StripeHTTPRequest) -> Simulator.Exchange {
        with { $0.exchange(request) }
    }

    package func finish(_ exchange: Simulator.Exchange) {
        simulator.withLock { $0.finish(exchange) }
    }

    /// Uses the simulator alone, at the present time.
    package func with<Result, Failure: Error>(
        _ body: (inout Simulator) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try simulator.withLock { simulator throws(Failure) in
            if let clock { simulator.passTime(to: clock.now()) }
            return try body(&simulator)
        }
    }

    package var now: Timestamp { with { $0.now } }

    /// Moves a clock of the books' own.
    package func advance(milliseconds: Int64) {
        precondition(clock == nil, "The books follow a clock from outside.")
        with { $0.passTime(to: $0.now + milliseconds) }
    }

    package func inject(_ fault: ScriptedFault) {
        with { $0.faults.scripted.append(fault) }
    }

    /// Events since the last call: to be delivered, dropped, repeated, shuffled or kept for later by the caller.
    package func takeDeliveries() -> [EventDelivery] {
        with { $0.takeDeliveries() }
    }

    /// Does something at Stripe that doesn't go through Remit.
    @discardableResult
    package func perform(_ act: ForeignAct, account: String) throws(StripeFailure) -> JSONValue {
        try with { simulator throws(StripeFailure) in try simulator.perform(act, account: account) }
    }

    package func summary(account: String? = nil) -> BooksSummary {
        with { $0.summary(account: account) }
    }
}
