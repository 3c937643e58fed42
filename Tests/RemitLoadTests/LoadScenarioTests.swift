import RemitAPI
import RemitRPC
import RemitWire
import Testing

@testable import remit_load

/// A scenario takes the right answer, and no other.
struct LoadScenarioTests {
    private let tenants = [LoadTenant(id: "tenant_1", customer: "customer_1", payments: ["payment_1"])]

    private func created(_ call: LoadCall, id: String) throws -> CreatePaymentResponse {
        let request = try CreatePaymentRequest(decoding: call.request.encoded().span)
        return .with {
            $0.payment = .with {
                $0.id = id
                $0.orderId = request.orderId
                $0.amount = request.amount
                $0.stage = .new
            }
        }
    }

    @Test("a create's answer must be its own payment")
    func create() throws {
        let scenario = CreateScenario(tenants: tenants, run: "r")
        let call = scenario.call(4, tenant: 0)
        #expect(call.options.tenant == "tenant_1" && call.options.idempotencyKey == "key-r-4")
        var response = try created(call, id: "payment_9")
        try scenario.check(response.encoded().span, .init(), to: 4, tenant: 0)
        #expect(throws: RPCError.self) {
            try scenario.check(response.encoded().span, .init(), to: 5, tenant: 0)
        }
        response.payment?.amount += 1
        #expect(throws: RPCError.self) {
            try scenario.check(response.encoded().span, .init(), to: 4, tenant: 0)
        }
    }

    @Test("a replay must get the first call's answer, marked as one")
    func replay() throws {
        let scenario = ReplayScenario(tenants: tenants, run: "r")
        let isReplay = { (number: Int) in
            var generator = SeededGenerator(seed: UInt64(number))
            return generator.next() % UInt64(ReplayScenario.interval) == 0
        }
        let first = try #require((0..<10_000).first { !isReplay($0) })
        let second = try #require((0..<10_000).first { isReplay($0) })
        for (id, replayed, isRight) in [
            ("payment_1", true, true), ("payment_1", false, false), ("payment_2", true, false),
        ] {
            let message = try created(scenario.call(first, tenant: 0), id: "payment_1").encoded()
            try scenario.check(message.span, .init(), to: first, tenant: 0)
            let again = scenario.call(second, tenant: 0)
            #expect(again.options.idempotencyKey == "key-r-\(first)")
            let answer = try created(again, id: id).encoded()
            var isTaken = true
            do throws(RPCError) {
                try scenario.check(answer.span, ResponseInfo(replayed: replayed), to: second, tenant: 0)
            } catch {
                isTaken = false
            }
            #expect(isTaken == isRight)
        }
        #expect(scenario.replays == 1)
    }

    @Test("about a fifth of a mix are creates, for every caller")
    func mix() {
        let scenario = MixScenario(tenants: tenants, run: "r")
        for caller in 0..<4 {
            let creates = stride(from: caller, to: 8_000, by: 4).count { number in
                scenario.call(number, tenant: 0).method == PaymentServiceMethods.createPayment
            }
            #expect((300...500).contains(creates))
        }
    }
}
