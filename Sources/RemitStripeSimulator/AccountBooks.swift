import RemitStripe

/// One Stripe account: its objects and its events, as a machine that is driven with requests and with time.
struct AccountBooks: Sendable {
    /// An uncaptured authorization lapses after 7 days.
    static let authorizationMilliseconds: Int64 = 7 * 86_400_000
    /// How long a refund that settles later takes; at Stripe it is a matter of its test mode's mood.
    static let settlementMilliseconds: Int64 = 5_000
    /// Events kept for `/v1/events`; Stripe keeps those of 30 days.
    static let eventsMax = 20_000

    let id: String
    let livemode: Bool
    /// Milliseconds of Unix time; set by the simulator before each use.
    var now: Int64
    /// Lists leave out what was made since so long; set as `now` is.
    var listLagMilliseconds: Int64 = 0
    var random: SeededRandom
    var cause = Cause()

    var customers = Table<SimulatedCustomer>()
    var paymentMethods = Table<SimulatedPaymentMethod>()
    var intents = Table<SimulatedIntent>()
    var charges = Table<SimulatedCharge>()
    var refunds = Table<SimulatedRefund>()
    var events = Table<SimulatedEvent>()
    /// Events since they were last taken.
    var undelivered: [EventDelivery] = []
    var saved = SavedAnswers()
    var authorizations = DueQueue()
    var settlements = DueQueue()

    /// The request that events name as their cause; empty for what happens by itself.
    struct Cause: Sendable {
        var requestID: String?
        var idempotencyKey: String?
    }

    init(id: String, livemode: Bool, now: Int64, seed: UInt64) {
        self.id = id
        self.livemode = livemode
        self.now = now
        random = SeededRandom(seed: seed)
    }

    var seconds: Int64 { now / 1_000 }

    /// Does what has become due: authorizations lapse, refunds settle.
    mutating func letTimePass() {
        cause = Cause()
        while let intent = authorizations.popDue(at: now) { expire(intent) }
        while let refund = settlements.popDue(at: now) { settle(refund) }
        saved.forget(before: now - SavedAnswers.keptMilliseconds)
    }

    /// Writes an event about `object` as it is now.
    mutating func emit(_ type: String, _ object: JSONValue, previous: JSONValue? = nil) {
        let id = random.identifier("evt")
        var data: [String: JSONValue] = ["object": object]
        if let changed = Self.changed(from: previous, to: object) { data["previous_attributes"] = changed }
        let event: JSONValue = [
            "id": .string(id), "object": "event", "api_version": .string(StripeVersion.pinned),
            "created": .integer(seconds), "type": .string(type), "livemode": .bool(livemode),
            "pending_webhooks": 1, "data": .object(data),
            "request": [
                "id": .optional(cause.requestID), "idempotency_key": .optional(cause.idempotencyKey),
            ],
        ]
        let body = event.serialized()
        events.insert(SimulatedEvent(id: id, created: seconds, type: type, body: body), id: id)
        events.keepNewest(Self.eventsMax)
        undelivered.append(EventDelivery(eventID: id, type: type, account: self.id, body: body))
    }

    /// The former values of top-level members that changed; nil when nothing did or nothing is known.
    private static func changed(from previous: JSONValue?, to object: JSONValue) -> JSONValue? {
        guard let before = previous?.object, let after = object.object else { return nil }
        let changed = before.filter { after[$0.key] != $0.value }
        return changed.isEmpty ? nil : .object(changed)
    }
}

/// Ids with the times at which they become due, which never decrease.
struct DueQueue: Sendable {
    private var entries: [(due: Int64, id: String)] = []
    private var head = 0

    mutating func push(_ id: String, due: Int64) {
        entries.append((due, id))
    }

    mutating func popDue(at now: Int64) -> String? {
        guard head < entries.count, entries[head].due <= now else { return nil }
        defer {
            head += 1
            if head > 1_024, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head].id
    }
}
