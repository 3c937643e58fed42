package import RemitDomain

/// Stripe as a tenant's processor, over any exchange: the live one or the simulator's.
package struct StripeProcessor<Exchange: StripeExchange, Clock: WallClock>: PaymentProcessor {
    private let exchange: Exchange
    private let clock: Clock
    private let credentials: StripeCredentials?
    private let gate: SendGate

    /// A processor for one tenant; without credentials every call is refused as not configured.
    package init(exchange: Exchange, clock: Clock, credentials: StripeCredentials?, gate: SendGate = .open) {
        self.exchange = exchange
        self.clock = clock
        self.credentials = credentials
        self.gate = gate
    }

    /// The account's identity, named in rows; nil without a key.
    package var account: String? { credentials?.account }

    package func prepare(_ intent: ProcessorIntent, _ identity: CallIdentity) throws(NotSent) -> PreparedCall {
        guard let credentials else { throw .notConfigured }
        if let owner = Self.owner(of: intent), owner != credentials.account { throw .accountChanged }
        let writer = StripeCallWriter(identity: identity, preparedAt: clock.now())
        let request = try writer.request(for: intent)
        if let wait = gate.retryAfterMilliseconds() { throw .unavailable(retryAfterMilliseconds: wait) }
        return PreparedCall(
            bytes: request.stored, attemptKey: identity.attemptKey, account: credentials.account,
            livemode: credentials.livemode)
    }

    @concurrent package func send(_ call: PreparedCall) async -> Answer {
        guard let request = StripeRequest(stored: call.bytes) else {
            preconditionFailure("A prepared call's bytes aren't those that prepare wrote.")
        }
        // Another account's call must never run under this key. Nothing is sent, which is what this word means.
        guard let credentials, credentials.account == call.account, credentials.livemode == call.livemode else {
            return Answer(.credentialsRefused)
        }
        let result = await exchange.exchange(
            StripeHTTPRequest(
                method: request.method, target: request.path, body: Array(request.body.utf8),
                version: request.version, secretKey: credentials.secretKey,
                idempotencyKey: request.method == .post ? call.attemptKey : nil,
                connectedAccount: credentials.connectedAccount))
        return StripeAnswerReader.answer(to: request, result)
    }

    @concurrent package func fetch(_ object: ProcessorObject) async -> Fetched {
        guard let credentials else { return .unavailable }
        guard let path = StripePath.path(of: object) else { return .missing }
        switch await reader(credentials).get(path) {
        case .found(let body, let date):
            guard let fact = try? StripeObjectReader.fact(from: body) else { return .unavailable }
            return .found(fact, date: date)
        case .missing: return .missing
        case .unavailable: return .unavailable
        }
    }

    @concurrent package func lookUp(_ call: PreparedCall) async -> LookedUp {
        guard let credentials, credentials.account == call.account, credentials.livemode == call.livemode,
            let request = StripeRequest(stored: call.bytes)
        else { return .unavailable }
        return await StripeLookUp(request: request, reader: reader(credentials)).run()
    }

    /// Reads which account the key belongs to; nil when Stripe doesn't say.
    @concurrent package func accountID() async -> String? {
        guard let credentials, case .found(let body, _) = await reader(credentials).get("/v1/account") else {
            return nil
        }
        return body["id"]?.string
    }

    package func received(webhook body: [UInt8]) throws(MalformedEvent) -> ReceivedWebhook {
        let json = try Self.json(body)
        return ReceivedWebhook(
            body: body, event: try StripeEventReader.event(from: json),
            redacted: WebhookRedaction.redacted(json).serialized())
    }

    package func event(fromStored body: [UInt8]) throws(MalformedEvent) -> ProcessorEvent {
        try StripeEventReader.event(from: Self.json(body))
    }

    private func reader(_ credentials: StripeCredentials) -> StripeReader<Exchange, Clock> {
        StripeReader(exchange: exchange, clock: clock, credentials: credentials)
    }

    /// The account that already holds what the intent is about.
    private static func owner(of intent: ProcessorIntent) -> String? {
        switch intent {
        case .createCustomer(let customer): customer.account
        case .charge(let payment, _), .confirm(let payment, _), .capture(let payment, _), .cancel(let payment),
            .refund(_, let payment):
            payment.account
        }
    }

    private static func json(_ body: [UInt8]) throws(MalformedEvent) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw MalformedEvent(message: "The body isn't JSON.")
        }
    }
}
