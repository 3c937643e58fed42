import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct RefundTests {
    private func intent(_ bench: Bench, _ card: String = "pm_card_visa") async throws -> String {
        try #require(try await bench.pay(card, amount: 1_000).body["id"]?.string)
    }

    private func refund(_ bench: Bench, _ intent: String, _ amount: Int? = nil) async throws -> (Int, JSONValue) {
        let answer =
            if let amount {
                try await bench.call(.post, "/v1/refunds", ["payment_intent": intent, "amount": String(amount)])
            } else {
                try await bench.call(.post, "/v1/refunds", ["payment_intent": intent])
            }
        return (answer.status, answer.body)
    }

    @Test func partsMakeTheWholeAndNoMore() async throws {
        let bench = Bench()
        let id = try await intent(bench)
        #expect(try await refund(bench, id, 400).0 == 200)
        let (status, tooMuch) = try await refund(bench, id, 601)
        #expect(status == 400)
        #expect(tooMuch["error"]?["param"] == "amount")
        #expect(try await refund(bench, id).1["amount"] == 600)
        let (_, spent) = try await refund(bench, id)
        #expect(spent["error"]?["code"] == "charge_already_refunded")
        let charge = try #require(bench.books.summary().charges.first)
        #expect(charge.amountRefunded == 1_000)
        #expect(try await bench.call(.get, "/v1/charges/\(charge.id)").body["refunded"] == true)
        #expect(bench.books.summary().intents.first?.status == "succeeded")
    }

    @Test func onlyWhatWasCapturedCanBeRefunded() async throws {
        let bench = Bench()
        let held = try #require(try await bench.pay(amount: 1_000, manual: true).body["id"]?.string)
        #expect(try await refund(bench, held).0 == 400)
        _ = try await bench.call(.post, "/v1/payment_intents/\(held)/capture", ["amount_to_capture": "700"])
        #expect(try await refund(bench, held).1["amount"] == 700)
    }

    @Test func aRefundThatFailsLooksSuccessfulFirst() async throws {
        let bench = Bench()
        let id = try await intent(bench, "pm_card_refundFail")
        #expect(try await refund(bench, id, 300).1["status"] == "succeeded")
        _ = bench.books.takeDeliveries()
        bench.books.advance(milliseconds: 5_000)
        #expect(bench.books.summary().refunds.map(\.status) == ["failed"])
        #expect(bench.books.summary().amountRefunded == 0)
        #expect(bench.books.takeDeliveries().map(\.type) == ["charge.updated", "refund.updated", "refund.failed"])
    }

    @Test func aPendingRefundSucceedsLaterOrIsCanceled() async throws {
        let bench = Bench()
        let id = try await intent(bench, "pm_card_pendingRefund")
        #expect(try await refund(bench, id, 300).1["status"] == "pending")
        let second = try #require(try await refund(bench, id, 100).1["id"]?.string)
        #expect(try await bench.call(.post, "/v1/refunds/\(second)/cancel").body["status"] == "canceled")
        bench.books.advance(milliseconds: 5_000)
        #expect(bench.books.summary().refunds.map(\.status) == ["succeeded", "canceled"])
        #expect(bench.books.summary().amountRefunded == 300)
        #expect(try await bench.call(.post, "/v1/refunds/\(second)/cancel").status == 400)
    }
}
