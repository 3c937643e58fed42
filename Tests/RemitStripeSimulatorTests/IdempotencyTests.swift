import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct IdempotencyTests {
    @Test func aReplayIsTheOldSnapshotAndMakesNoEvent() async throws {
        let bench = Bench()
        let first = try await bench.pay(manual: true, idempotencyKey: "k1")
        let id = try #require(first.body["id"]?.string)
        _ = try await bench.call(.post, "/v1/payment_intents/\(id)/capture")
        _ = bench.books.takeDeliveries()
        let replay = try await bench.pay(manual: true, idempotencyKey: "k1")
        #expect(replay.body == first.body)
        #expect(replay.body["status"] == "requires_capture")
        #expect(replay.response["idempotent-replayed"] == "true")
        #expect(replay.response["original-request"] == first.response["request-id"])
        #expect(replay.response["request-id"] != first.response["request-id"])
        #expect(first.response["idempotent-replayed"] == nil)
        #expect(bench.books.takeDeliveries().isEmpty)
        #expect(bench.books.summary().charges.count == 1)
    }

    @Test func comparesURLAndParametersNotBytes() async throws {
        let bench = Bench()
        let created = try await bench.call(
            .post, "/v1/customers", ["name": "a", "email": "a@b.c"], idempotencyKey: "k1")
        let reordered = try await bench.call(
            .post, "/v1/customers", ["email": "a@b.c", "name": "a"], idempotencyKey: "k1")
        #expect(reordered.body == created.body)
        let other = try await bench.call(.post, "/v1/customers", ["name": "b"], idempotencyKey: "k1")
        #expect(other.status == 400)
        #expect(other.body["error"]?["type"] == "idempotency_error")
        let id = try #require(created.body["id"]?.string)
        let elsewhere = try await bench.call(
            .post, "/v1/customers/\(id)", ["name": "a", "email": "a@b.c"], idempotencyKey: "k1")
        #expect(elsewhere.body["error"]?["type"] == "idempotency_error")
    }

    @Test func declinesAndStateErrorsAreSaved() async throws {
        let bench = Bench()
        let declined = try await bench.pay("pm_card_chargeDeclined", idempotencyKey: "k1")
        let again = try await bench.pay("pm_card_chargeDeclined", idempotencyKey: "k1")
        #expect(again.status == 402)
        #expect(again.body == declined.body)
        #expect(bench.books.summary().charges.count == 1)
        let paid = try await bench.pay()
        let id = try #require(paid.body["id"]?.string)
        let refused = try await bench.call(.post, "/v1/payment_intents/\(id)/cancel", idempotencyKey: "k2")
        #expect(refused.status == 400)
        #expect(refused.body["error"]?["payment_intent"]?["id"]?.string == id)
        let replayed = try await bench.call(.post, "/v1/payment_intents/\(id)/cancel", idempotencyKey: "k2")
        #expect(replayed.response["idempotent-replayed"] == "true")
    }

    @Test func refusalsOfParametersAndKeysAreNotSaved() async throws {
        let bench = Bench()
        let refused = try await bench.call(.post, "/v1/customers", ["nope": "1"], idempotencyKey: "k1")
        #expect(refused.status == 400)
        let stranger = StripeSecret("nonsense")
        let unauthorized = try await bench.call(.post, "/v1/customers", idempotencyKey: "k1", key: stranger)
        #expect(unauthorized.status == 401)
        bench.books.inject(ScriptedFault(.rateLimited))
        #expect(try await bench.call(.post, "/v1/customers", idempotencyKey: "k1").status == 429)
        let created = try await bench.call(.post, "/v1/customers", ["name": "a"], idempotencyKey: "k1")
        #expect(created.status == 200)
        #expect(created.response["idempotent-replayed"] == nil)
    }

    @Test func keysAreForgottenAfterADayAndBelongToTheirAccount() async throws {
        let bench = Bench()
        let first = try await bench.call(.post, "/v1/customers", idempotencyKey: "k1")
        let other = try await bench.call(
            .post, "/v1/customers", idempotencyKey: "k1", key: StripeSecret("sk_test_other"))
        #expect(other.body["id"] != first.body["id"])
        bench.books.advance(milliseconds: 86_399_999)
        #expect(try await bench.call(.post, "/v1/customers", idempotencyKey: "k1").body == first.body)
        bench.books.advance(milliseconds: 1)
        #expect(try await bench.call(.post, "/v1/customers", idempotencyKey: "k1").body != first.body)
    }

    @Test func readsIgnoreKeys() async throws {
        let bench = Bench()
        let before = try await bench.call(.get, "/v1/customers", idempotencyKey: "k1")
        _ = try await bench.call(.post, "/v1/customers", idempotencyKey: "k2")
        let after = try await bench.call(.get, "/v1/customers", idempotencyKey: "k1")
        #expect(before.body["data"]?.array?.count == 0)
        #expect(after.body["data"]?.array?.count == 1)
    }

    @Test func aKeyWhoseFirstAnswerIsOnItsWayIsInUse() {
        var simulator = Simulator(seed: 1, now: ManualClock().time, faults: FaultPlan(latencyMilliseconds: 50))
        let request = StripeHTTPRequest(
            method: .post, target: "/v1/customers", secretKey: StripeSecret("sk_test_a"), idempotencyKey: "k1")
        let first = simulator.exchange(request)
        guard case .response(let second) = simulator.exchange(request).result else { return }
        #expect(second.status == 409)
        simulator.finish(first)
        guard case .response(let third) = simulator.exchange(request).result else { return }
        #expect(third.status == 200)
        #expect(third["idempotent-replayed"] == "true")
    }
}
