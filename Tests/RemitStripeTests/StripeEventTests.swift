import RemitDomain
import RemitStripe
import Testing

@Suite struct StripeEventTests {
    private let processor = StripeProcessor(exchange: CannedExchange(), clock: ManualClock(), credentials: nil)

    private func event(_ object: JSONValue, type: String = "payment_intent.succeeded") throws -> ProcessorEvent {
        let body: JSONValue = [
            "id": "evt_1", "object": "event", "type": .string(type), "created": 1_750_000_000, "livemode": false,
            "data": ["object": object],
            "request": ["id": "req_1", "idempotency_key": "remit:tenant_1:operation_1:1:1"],
        ]
        return try processor.received(webhook: body.serialized()).event
    }

    private func intent(_ changes: [String: JSONValue]) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": "pi_1", "object": "payment_intent", "amount": 700, "amount_capturable": 0, "amount_received": 700,
            "currency": "ugx", "status": "succeeded", "created": 1_749_999_999, "latest_charge": "ch_1",
            "payment_method": "pm_1", "capture_method": "automatic_async", "livemode": false,
            "metadata": ["remit_id": "payment_1", "orderId": "order-1"],
        ]
        members.merge(changes) { $1 }
        return .object(members)
    }

    @Test func readsAnIntentInIsoMinorUnits() throws {
        let event = try event(intent([:]))
        #expect(event.id == "evt_1")
        #expect(event.attemptKey == "remit:tenant_1:operation_1:1:1")
        guard case .payment(let snapshot)? = event.fact else { throw WrongFact() }
        #expect(snapshot.amount.minorUnits == 7)
        #expect(snapshot.amountCaptured == 7)
        #expect(snapshot.stage == .captured)
        #expect(snapshot.latestChargeID == "ch_1")
        #expect(snapshot.captureMethod == .automatic)
        #expect(snapshot.origin.orderID == "order-1")
    }

    struct WrongFact: Error {}

    @Test(
        "each status has its stage",
        arguments: [
            (["status": "requires_payment_method"], .requiresPaymentMethod),
            (["status": "requires_payment_method", "last_payment_error": nil], .requiresPaymentMethod),
            (["status": "requires_payment_method", "last_payment_error": ["code": "card_declined"]], .declined),
            (["status": "requires_confirmation"], .requiresConfirmation),
            (["status": "requires_action"], .requiresAction), (["status": "processing"], .processing),
            (["status": "requires_capture"], .authorized), (["status": "succeeded"], .captured),
            (["status": "canceled", "cancellation_reason": "abandoned"], .canceled),
            (["status": "canceled", "cancellation_reason": nil], .canceled),
            (["status": "canceled", "cancellation_reason": "automatic"], .expired),
            (["status": "canceled", "cancellation_reason": "expired"], .expired),
        ] as [([String: JSONValue], PaymentStage)])
    func stages(changes: [String: JSONValue], stage: PaymentStage) throws {
        guard case .payment(let snapshot)? = try event(intent(changes)).fact else { throw WrongFact() }
        #expect(snapshot.stage == stage)
        #expect((snapshot.failure != nil) == (stage == .declined))
    }

    @Test func readsExpandedReferencesAndTheShapesOfOlderVersions() throws {
        let expanded = intent(["latest_charge": ["id": "ch_2"], "payment_method": ["id": "pm_2"]])
        guard case .payment(let new)? = try event(expanded).fact else { throw WrongFact() }
        #expect(new.latestChargeID == "ch_2")
        #expect(new.paymentMethod == "pm_2")
        let listed = intent(["latest_charge": nil, "charges": ["data": [["id": "ch_3"], ["id": "ch_2"]]]])
        guard case .payment(let old)? = try event(listed).fact else { throw WrongFact() }
        #expect(old.latestChargeID == "ch_3")
        let charge: JSONValue = [
            "id": "ch_1", "object": "charge", "amount": 500, "currency": "usd", "captured": true,
            "amount_refunded": 100, "payment_intent": "pi_1", "created": 1,
        ]
        guard case .charge(let snapshot)? = try event(charge, type: "charge.refunded").fact else { throw WrongFact() }
        #expect(snapshot.amountCaptured == 500)
        #expect(snapshot.amountRefunded == 100)
    }

    @Test func readsTheNextActionsLink() throws {
        let waiting = intent([
            "status": "requires_action",
            "next_action": ["type": "redirect_to_url", "redirect_to_url": ["url": "https://hooks.stripe.com/x"]],
        ])
        guard case .payment(let snapshot)? = try event(waiting).fact else { throw WrongFact() }
        #expect(snapshot.nextActionURL == "https://hooks.stripe.com/x")
    }

    @Test func anEventOfAnotherKindHasNoFact() throws {
        #expect(try event(["id": "po_1", "object": "payout"], type: "payout.paid").fact == nil)
    }

    @Test(
        "refuses what isn't an event",
        arguments: [
            "", "[]", "{}", #"{"object":"event"}"#,
            #"{"id":"evt_1","object":"event","type":"x","created":1}"#,
            #"{"id":"evt_1","object":"event","type":"x","created":1,"data":{"object":{"object":"payment_intent"}}}"#,
            #"{"id":"evt_1","object":"event","type":"x","created":1,"data":{"object":{"id":"pi_1","object":"payment_intent","currency":"usd","amount":1,"status":"new_one"}}}"#,
        ])
    func malformed(body: String) {
        #expect(throws: MalformedEvent.self) { try processor.received(webhook: Array(body.utf8)) }
        #expect(throws: MalformedEvent.self) { try processor.event(fromStored: Array(body.utf8)) }
    }

    @Test func redactionRemovesSecretsAtAnyDepthAndKeepsTheRest() throws {
        let secret: JSONValue = "SECRET-VALUE"
        let body: JSONValue = [
            "id": "evt_1", "object": "event", "type": "charge.succeeded", "created": 1_750_000_000,
            "data": [
                "object": intent([
                    "client_secret": secret, "next_action": ["redirect_to_url": ["url": secret]],
                    "last_payment_error": ["payment_method": ["billing_details": ["name": secret]]],
                    "latest_charge": ["id": "ch_1", "billing_details": ["email": secret]],
                    "charges": ["data": [["id": "ch_1", "billing_details": ["address": ["line1": secret]]]]],
                ]),
                "previous_attributes": ["client_secret": secret, "next_action": secret],
            ],
        ]
        let webhook = try processor.received(webhook: body.serialized())
        #expect(!String(decoding: webhook.redacted, as: UTF8.self).contains("SECRET-VALUE"))
        #expect(webhook.body == body.serialized())
        let before = webhook.event
        var after = try processor.event(fromStored: webhook.redacted)
        guard case .payment(var now)? = after.fact, case .payment(let then)? = before.fact else { throw WrongFact() }
        now.nextActionURL = then.nextActionURL
        after.fact = .payment(now)
        #expect(after == before)
    }
}
