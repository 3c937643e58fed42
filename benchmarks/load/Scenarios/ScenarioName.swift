import ArgumentParser

/// The names of what is measured.
enum ScenarioName: String, CaseIterable, Sendable, ExpressibleByArgument {
    case echo, get, find, create, process, refund, mix, replays, cold

    /// Measured where none is named.
    static let usual: [ScenarioName] = [.echo, .get, .create, .process]

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
        case .cold: "gets from tenants that aren't open: by turns over more than the server keeps open (1,200)"
        }
    }

    /// What must be there before it is measured.
    func needs(tenants: Int, payments: Int) -> LoadSetup.Needs {
        var needs = LoadSetup.Needs(tenants: tenants)
        switch self {
        case .echo, .process: break
        case .create, .replays: needs.customers = true
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
    var needsStripe: Bool { self != .echo }

    /// How many tenants it takes where nothing is said: 0 is the API key's own.
    var tenantsUsual: Int { self == .cold ? 1_200 : 0 }
    var spreadUsual: TenantSpread { self == .cold ? .turn : .uniform }
}
