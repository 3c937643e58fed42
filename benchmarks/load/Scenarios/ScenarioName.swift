import ArgumentParser

/// The names of what is measured.
enum ScenarioName: String, CaseIterable, Sendable, ExpressibleByArgument {
    case echo, get, find, create, process, refund, mix, replays, cold
    case visit, overload, noisy, subscribe, churn, cancel

    /// Measured where none is named.
    static let usual: [ScenarioName] = [.echo, .get, .create, .process]

    /// Those that are single calls of one kind, which studies can send.
    static let ofCalls: [ScenarioName] = [.echo, .get, .find, .create, .process, .refund, .mix, .replays]

    /// Whether it sends the calls of another scenario, and decides itself how they follow each other.
    var sendsCalls: Bool { self == .overload || self == .noisy || self == .visit }

    /// One line for the help.
    var summary: String {
        switch self {
        case .echo: "214 bytes there and back, through every interceptor"
        case .get: "a payment by its id; every field of the answer is read"
        case .find: "the newest 25 payments of a customer above an amount"
        case .create: "a payment with an order id, a customer, an idempotency key and three entries of metadata"
        case .process: "the same without the customer, charged at Stripe (let it be the simulator)"
        case .refund: "a cent of a captured payment, at Stripe"
        case .mix: "four gets for each create"
        case .replays: "creates of which 1 % are sent again with their key and must get the first one's answer"
        case .cold: "gets from tenants that aren't open: by turns over more than the server keeps open (12,000)"
        case .visit: "one of --calls at each tenant in turn; after a server's start: what it costs to open them"
        case .overload: "what is answered of --calls at up to three times what the server bears: it must not fall"
        case .noisy: "the p99 of 19 tenants while one more sends ten times its share of --calls, to that without"
        case .subscribe: "one writer's creates at --subscribers readers of its events: how soon, all of them, in order"
        case .churn: "connections that are opened, used for one echo, and closed"
        case .cancel: "creates that are cancelled at a random moment; nothing may be left of them, or twice"
        }
    }

    /// What must be there before it is measured; `calls` is what a study sends.
    func needs(tenants: Int, payments: Int, calls: ScenarioName?) -> LoadSetup.Needs {
        var needs = LoadSetup.Needs(tenants: tenants)
        switch self {
        case .overload, .noisy, .visit:
            if let calls { return calls.needs(tenants: tenants, payments: payments, calls: nil) }
        case .echo, .process, .churn: break
        case .create, .replays, .subscribe, .cancel: needs.customers = true
        case .get, .cold: needs.payments = self == .cold ? tenants : payments
        case .find, .mix:
            needs.customers = true
            needs.payments = payments
        case .refund: needs.captured = min(payments, Self.capturedMax)
        }
        return needs
    }

    /// Refunds of one payment wait for each other; more payments than calls in flight are of no use.
    static let capturedMax = 256

    /// Whether it, or what must be there before it, calls Stripe: a customer is made there too.
    var needsStripe: Bool { self != .echo && self != .churn }

    /// How many tenants it takes where nothing is said: 0 is the API key's own.
    var tenantsUsual: Int {
        switch self {
        case .cold: 12_000
        case .noisy: 20
        case .visit: 1_000
        default: 0
        }
    }
    var spreadUsual: TenantSpread { self == .cold || self == .visit ? .turn : .uniform }

    /// Connections where nothing is said.
    ///
    /// An overload must get past the clients: 96 connections take 24,576 calls, of which a tenant admits 4,352. With 32 of
    /// them, a fourth of the calls at three times the peak found no place on a connection, and never came to the server.
    ///
    /// A cancel storm must stay below the CANCELs that a connection takes.
    var connectionsUsual: Int {
        switch self {
        case .overload: 96
        case .cancel: 16
        default: 4
        }
    }

    /// How calls follow each other: as it is asked for, or else as is usual for it.
    func modes(rates: [Double], _ arrivals: ArrivalSchedule.Arrivals, inFlight: [Int]) -> [LoadMode] {
        switch self {
        case .overload: return [.ramp(arrivals)]
        case .noisy: return [.paced(arrivals)]
        case .visit: return (inFlight.isEmpty ? [64] : inFlight).map { .closed(inFlight: $0) }
        // Connections and cancellations have callers who wait; a rate is not theirs.
        case .churn, .cancel:
            return (inFlight.isEmpty ? [self == .churn ? 16 : 64] : inFlight).map { .closed(inFlight: $0) }
        default: break
        }
        let usual = self == .subscribe ? [1] : [1, 64]
        let widths = inFlight.isEmpty && rates.isEmpty ? usual : inFlight
        return rates.map { .open(arrivals, rate: $0) } + widths.map { .closed(inFlight: $0) }
    }
}
