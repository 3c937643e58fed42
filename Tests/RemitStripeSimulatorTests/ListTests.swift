import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct ListTests {
    /// Five customers, oldest first.
    private func five(_ bench: Bench) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<5 {
            ids.append(try #require(try await bench.call(.post, "/v1/customers").body["id"]?.string))
            bench.books.advance(milliseconds: 1_000)
        }
        return ids
    }

    private func page(
        _ bench: Bench, _ fields: KeyValuePairs<String, String>
    ) async throws -> (ids: [String], hasMore: Bool?) {
        let page = try await bench.call(.get, "/v1/customers", fields).body
        return (page["data"]?.array?.compactMap { $0["id"]?.string } ?? [], page["has_more"]?.bool)
    }

    @Test func pagesRunFromTheNewestToTheOldest() async throws {
        let bench = Bench()
        let ids = try await five(bench)
        let newest = try await page(bench, ["limit": "2"])
        #expect(newest == ([ids[4], ids[3]], true))
        let next = try await page(bench, ["limit": "2", "starting_after": ids[3]])
        #expect(next == ([ids[2], ids[1]], true))
        let full = try await page(bench, ["limit": "3", "starting_after": ids[3]])
        #expect(full == ([ids[2], ids[1], ids[0]], false))
        let rest = try await page(bench, ["starting_after": ids[0]])
        #expect(rest == ([], false))
    }

    @Test func endingBeforeIsThePageNextToTheCursor() async throws {
        let bench = Bench()
        let ids = try await five(bench)
        let before = try await page(bench, ["limit": "2", "ending_before": ids[0]])
        #expect(before == ([ids[2], ids[1]], true))
        let last = try await page(bench, ["limit": "2", "ending_before": ids[2]])
        #expect(last == ([ids[4], ids[3]], false))
    }

    @Test func createdNarrows() async throws {
        let bench = Bench()
        let ids = try await five(bench)
        let start = 1_750_000_000
        let middle = try await page(bench, ["created[gte]": "\(start + 1)", "created[lt]": "\(start + 3)"])
        #expect(middle.ids == [ids[2], ids[1]])
        #expect(try await page(bench, ["created": "\(start)"]).ids == [ids[0]])
        #expect(try await page(bench, ["created[gt]": "\(start + 3)"]).ids == [ids[4]])
    }

    @Test("a list that lags shows each row only when it is so old; a GET of its id shows it at once")
    func lag() async throws {
        let bench = Bench()
        bench.books.with { $0.faults = FaultPlan(listLagMilliseconds: 3_000) }
        let ids = try await five(bench)
        // They are 5, 4, 3, 2 and 1 seconds old.
        #expect(try await page(bench, [:]) == ([ids[2], ids[1], ids[0]], false))
        #expect(try await page(bench, ["limit": "2"]) == ([ids[2], ids[1]], true))
        #expect(try await page(bench, ["ending_before": ids[1]]) == ([ids[2]], false))
        #expect(try await bench.call(.get, "/v1/customers/\(ids[4])").status == 200)
        bench.books.advance(milliseconds: 999)
        #expect(try await page(bench, [:]).ids.first == ids[2])
        bench.books.advance(milliseconds: 1)
        #expect(try await page(bench, [:]).ids.first == ids[3])
        bench.books.with { $0.faults = FaultPlan() }
        #expect(try await page(bench, [:]).ids.first == ids[4])
    }

    @Test(
        "refuses bad pages",
        arguments: [("limit", "0"), ("limit", "101"), ("limit", "x"), ("starting_after", "cus_x"), ("created[x]", "1")])
    func refusals(name: String, value: String) async throws {
        let refused = try await Bench().call(.get, "/v1/customers", [name: value])
        #expect(refused.status == 400)
    }

    @Test func eventsAreListedByTypeWithAWildcardOrSeveral() async throws {
        let bench = Bench()
        _ = try await bench.pay(idempotencyKey: "k1")
        let all = try await bench.call(.get, "/v1/events").body["data"]?.array
        #expect(
            all?.compactMap { $0["type"]?.string } == [
                "payment_intent.succeeded", "charge.succeeded", "payment_intent.created",
            ])
        #expect(all?.allSatisfy { $0["request"]?["idempotency_key"] == "k1" } == true)
        #expect(all?.last?["data"]?["object"]?["status"] == "requires_confirmation")
        let intents = try await bench.call(.get, "/v1/events", ["type": "payment_intent.*"])
        #expect(intents.body["data"]?.array?.count == 2)
        let charges = try await bench.call(.get, "/v1/events", ["types[]": "charge.succeeded"])
        #expect(charges.body["data"]?.array?.count == 1)
        let both = try await bench.call(.get, "/v1/events", ["type": "a", "types[]": "b"])
        #expect(both.status == 400)
    }
}
