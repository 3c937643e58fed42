import RemitAPI
import RemitDomain
import RemitStorage
import RemitTesting
import RemitWire
import Testing

@testable import RemitTenant

/// Gets that reach a tenant together are answered each by itself.
@Suite struct PaymentGetsTests {
    /// A connection with as many calls as one likes, some of which have expired.
    private final class Desk: CallerDesk {
        let gone: Set<UInt32>

        init(gone: Set<UInt32> = []) { self.gone = gone }

        func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { isOpen(slot, generation) }
        func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { isOpen(slot, generation) }
        func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { !gone.contains(slot) }
    }

    private func gets(_ keys: [(PaymentGets.Field, String)], of desk: Desk = Desk()) -> PaymentGets {
        var gets = PaymentGets(desk: desk)
        for (slot, (field, key)) in keys.enumerated() {
            gets.append(field, key.utf8Span.span, slot: UInt32(slot), generation: 7)
        }
        return gets
    }

    private func create(_ order: String, amount: Int64 = 500) -> CreatePayment {
        var verb = CreatePayment(amount: amount)
        verb.orderID = order
        return verb
    }

    /// What each slot was told: the payment, or the refusal's reason.
    private func told(_ found: PaymentsFound, _ bytes: [UInt8]) throws -> [UInt32: String] {
        var told: [UInt32: String] = [:]
        for answer in found.answers {
            #expect(answer.generation == 7)
            #expect(told[answer.slot] == nil, "a call is answered once")
            switch answer.result {
            case .message(let range): told[answer.slot] = try RemitAPI.Payment(decoding: Array(bytes[range])).orderId
            case .refused(let error): told[answer.slot] = "\(error.reason) \(error.field ?? "")"
            }
        }
        return told
    }

    @Test func `a get sees the payment that a call before it in the same turn creates`() throws {
        let rig = try TenantRig()
        let caller = TestCaller()
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        let turn = rig.core.turn(
            [.verb(VerbCall(create("order-1"), by: requester), caller.handle)], [gets([(.order, "order-1")])])
        #expect(turn.deliveries.answers.count == 1)
        let found = try #require(turn.deliveries.payments.first)
        #expect(try told(found, turn.deliveries.bytes) == [0: "order-1"])
    }

    @Test func `a key that names nothing is refused alone, among many that are found`() async throws {
        let rig = try TenantRig()
        var ids: [String] = []
        for index in 0..<5 { ids.append(try await rig.call(create("order-\(index)")).payment().id) }
        var keys: [(PaymentGets.Field, String)] = (0..<100).map { (.id, ids[$0 % 5]) }
        keys[41] = (.id, "payment_none")
        keys[42] = (.order, ids[0])
        keys[43] = (.order, "order-3")
        keys[44] = (.stripe, "pi_none")
        let turn = rig.core.turn([], [gets(keys)])
        let told = try told(try #require(turn.deliveries.payments.first), turn.deliveries.bytes)
        #expect(told.count == 100)
        for slot in 0..<100 {
            let expected =
                switch slot {
                case 41: "payment_not_found id"
                case 42: "payment_not_found order_id"
                case 43: "order-3"
                case 44: "payment_not_found stripe_payment_id"
                default: "order-\(slot % 5)"
                }
            #expect(told[UInt32(slot)] == expected)
        }
    }

    @Test func `gets and reads of one key say the same`() async throws {
        let rig = try TenantRig()
        var verb = ProcessPayment(orderID: "order-1", amount: 5_000, paymentMethod: "pm_card_visa")
        verb.offSession = true
        let payment = try await rig.call(verb, key: "k").payment()
        let keys: [(PaymentGets.Field, PaymentKey, String)] = [
            (.id, .id(PaymentID(payment.id)), payment.id), (.order, .order("order-1"), "order-1"),
            (.stripe, .stripe(payment.stripePaymentId), payment.stripePaymentId),
            (.id, .id(PaymentID("payment_none")), "payment_none"), (.order, .order("none"), "none"),
            (.stripe, .stripe("pi_none"), "pi_none"),
        ]
        for (field, key, text) in keys {
            let read = rig.read(.payment(key))
            let turn = rig.core.turn([], [gets([(field, text)])])
            let answer = try #require(turn.deliveries.payments.first?.answers.first)
            switch answer.result {
            case .message(let range): #expect(Array(turn.deliveries.bytes[range]) == read.message)
            case .refused(let error): #expect(error == read.refusal)
            }
        }
    }

    @Test func `a call that has expired is neither looked up nor answered, and its neighbours are`() async throws {
        let rig = try TenantRig()
        _ = await rig.call(create("order-1"))
        let desk = Desk(gone: [0, 3, 4])
        let keys: [(PaymentGets.Field, String)] = Array(repeating: (.order, "order-1"), count: 6)
        let turn = rig.core.turn([], [gets(keys, of: desk)])
        let told = try told(try #require(turn.deliveries.payments.first), turn.deliveries.bytes)
        #expect(Set(told.keys) == [1, 2, 5])
        #expect(Set(told.values) == ["order-1"])
    }

    @Test func `callers of two connections get their own answers from one turn`() async throws {
        let rig = try TenantRig()
        for index in 0..<2 { _ = await rig.call(create("order-\(index)")) }
        let (first, second) = (Desk(), Desk())
        let turn = rig.core.turn(
            [], [gets([(.order, "order-0")], of: first), gets([(.order, "order-1"), (.order, "x")], of: second)])
        let found = turn.deliveries.payments
        #expect(found.map { $0.desk === first } == [true, false])
        #expect(found.map { $0.desk === second } == [false, true])
        #expect(try told(found[0], turn.deliveries.bytes) == [0: "order-0"])
        #expect(try told(found[1], turn.deliveries.bytes) == [0: "order-1", 1: "payment_not_found order_id"])
    }

    @Test func `a payment that is asked for again is answered without a statement, and as it is after every change`()
        async throws
    {
        let rig = try TenantRig()
        var verb = ProcessPayment(orderID: "order-1", amount: 5_000, paymentMethod: "pm_card_visa")
        verb.offSession = true
        verb.captureMethod = .manual
        let id = try await rig.call(verb, key: "k").payment().id
        var seen: [Int64] = []
        for amount: Int64? in [nil, 3_000] {
            if let amount {
                var capture = CapturePayment(payment: PaymentID(id))
                capture.amount = amount
                _ = try await rig.call(capture).payment()
            }
            let read = rig.read(.payment(.id(PaymentID(id)))).message
            for round in 0..<3 {
                _ = rig.database.takeCacheUse()
                for slot: UInt32 in 0..<2 {
                    let turn = rig.core.turn([], [gets([(.id, id)], of: Desk(gone: slot == 0 ? [] : [0]))])
                    let answers = try #require(turn.deliveries.payments.first).answers
                    #expect(answers.map(\.slot) == (slot == 0 ? [0] : []), "who has gone isn't answered")
                    for answer in answers {
                        guard case .message(let range) = answer.result else {
                            Issue.record("it was refused")
                            continue
                        }
                        #expect(Array(turn.deliveries.bytes[range]) == read)
                    }
                }
                let use = rig.database.takeCacheUse()
                #expect((use.hits + use.misses == 0) == (round > 0))
            }
            seen.append(try RemitAPI.Payment(decoding: try #require(read)).amountCaptured)
            // Those that come together are looked up.
            let turn = rig.core.turn([], [gets([(.id, id), (.id, "payment_none"), (.order, "order-1")])])
            let told = try told(try #require(turn.deliveries.payments.first), turn.deliveries.bytes)
            #expect(told == [0: "order-1", 1: "payment_not_found id", 2: "order-1"])
        }
        #expect(seen == [0, 3_000])
    }

    @Test func `when the store fails every get is refused, and none is lost`() throws {
        let rig = try TenantRig()
        rig.database.beforeCommit = { () throws(StorageError) in throw StorageError(.io, message: "gone") }
        let caller = TestCaller()
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        let batches = [gets([(.order, "a"), (.order, "b")]), gets([(.id, "c")])]
        let turn = rig.core.turn([.verb(VerbCall(create("a"), by: requester), caller.handle)], batches)
        #expect(turn.deliveries.payments.map(\.answers.count) == [2, 1])
        for found in turn.deliveries.payments {
            let told = try told(found, turn.deliveries.bytes)
            #expect(told.values.allSatisfy { $0.hasPrefix(PaymentError.storageUnavailable.reason) })
        }
    }

    @Test func `a batch hands its mutations and reads over in their order, and its gets after them`() {
        var batch = CallBatch()
        let desk = Desk()
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        batch.get(.id, "payment_1".utf8Span.span, slot: 1, generation: 1, of: desk)
        batch.append(VerbCall(create("first"), by: requester), from: Caller(desk: desk, slot: 2))
        batch.append(.payment(.order("first")), from: Caller(desk: desk, slot: 3))
        batch.append(VerbCall(create("second"), by: requester), from: Caller(desk: desk, slot: 4))
        batch.get(.order, "first".utf8Span.span, slot: 5, generation: 1, of: desk)
        #expect(batch.count == 5)
        let order = batch.mail.flatMap { mail -> [UInt32] in
            switch mail {
            case .entry(.verb(_, let caller)), .entry(.read(_, let caller)): [caller.slot]
            case .gets(let gets): gets.gets.map(\.slot)
            case .entry, .page, .pageEnded, .readersClosed, .job: []
            }
        }
        #expect(order == [2, 3, 4, 1, 5])
        #expect(batch.mail.map(\.weight) == [1, 1, 1, 2])
    }
}
