import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct ParameterTests {
    @Test(
        "refuses what Stripe refuses, and says what",
        arguments: [
            ("/v1/payment_intents", ["amount": "100"], 400, "parameter_missing", "currency"),
            (
                "/v1/payment_intents", ["amount": "100", "currency": "usd", "payment_method_types[]": "card"], 400,
                "parameter_unknown", "payment_method_types"
            ),
            (
                "/v1/payment_intents",
                [
                    "amount": "100", "currency": "usd", "automatic_payment_methods[nope]": "1",
                    "automatic_payment_methods[enabled]": "true",
                ], 400,
                "parameter_unknown", "automatic_payment_methods[nope]"
            ),
            (
                "/v1/payment_intents", ["amount": "100", "currency": "usd", "customer": "cus_x"], 400,
                "resource_missing", "customer"
            ),
            ("/v1/payment_intents/pi_x/confirm", [:], 404, "resource_missing", "intent"),
            ("/v1/refunds", ["payment_intent": "pi_x"], 400, "resource_missing", "payment_intent"),
            ("/v1/refunds", [:], 400, "parameter_missing", "charge"),
            ("/v1/customers", ["email": "nobody"], 400, "email_invalid", "email"),
            ("/v1/nothing", [:], 404, nil, nil), ("/v2/customers", [:], 404, nil, nil), ("/", [:], 404, nil, nil),
        ] as [(String, [String: String], Int, String?, String?)])
    func refusals(path: String, fields: [String: String], status: Int, code: String?, param: String?) async throws {
        var form = Form()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { form.add(name, value) }
        let bench = Bench()
        let request = StripeHTTPRequest(
            method: .post, target: path, body: Array(form.encoded.utf8), secretKey: bench.key)
        guard case .response(let response) = await bench.books.exchange(request) else { return }
        let error = try JSONValue(parsing: response.body)["error"]
        #expect(response.status == status)
        #expect(error?["code"]?.string == code)
        #expect(error?["param"]?.string == param)
        #expect(response["request-id"]?.hasPrefix("req_") == true)
        #expect(response["stripe-version"] == StripeVersion.pinned)
    }

    @Test("malformed forms are the client's fault", arguments: ["a=%zz", "a[=1", "a=1&a[b]=2", "metadata=%ff"])
    func malformed(form: String) async throws {
        let bench = Bench()
        let request = StripeHTTPRequest(
            method: .post, target: "/v1/customers", body: Array(form.utf8), secretKey: bench.key)
        guard case .response(let response) = await bench.books.exchange(request) else { return }
        #expect(response.status == 400)
    }

    @Test func anEmptyValueUnsets() async throws {
        let bench = Bench()
        let created = try await bench.call(
            .post, "/v1/customers", ["name": "Ada", "metadata[a]": "1", "metadata[b]": "2"])
        let path = "/v1/customers/\(try #require(created.body["id"]?.string))"
        let changed = try await bench.call(.post, path, ["name": "", "metadata[a]": "", "metadata[c]": "3"])
        #expect(changed.body["name"] == .null)
        #expect(changed.body["metadata"] == ["b": "2", "c": "3"])
        let cleared = try await bench.call(.post, path, ["metadata": ""])
        #expect(cleared.body["metadata"] == [:])
        _ = bench.books.takeDeliveries()
        _ = try await bench.call(.post, path, ["metadata": ""])
        #expect(bench.books.takeDeliveries().isEmpty)
    }

    @Test func aDeletedCustomerAnswersThatAlone() async throws {
        let bench = Bench()
        let id = try #require(try await bench.call(.post, "/v1/customers", ["name": "Ada"]).body["id"]?.string)
        let deleted: JSONValue = ["id": .string(id), "object": "customer", "deleted": true]
        #expect(try await bench.call(.delete, "/v1/customers/\(id)").body == deleted)
        #expect(try await bench.call(.get, "/v1/customers/\(id)").body == deleted)
        #expect(try await bench.call(.delete, "/v1/customers/\(id)").status == 404)
        #expect(try await bench.call(.post, "/v1/customers/\(id)", ["name": "B"]).status == 404)
    }

    @Test func aVersionThatIsNotThePinnedIsRefused() async throws {
        let bench = Bench()
        let request = StripeHTTPRequest(
            method: .get, target: "/v1/account", version: "2011-01-01", secretKey: bench.key)
        guard case .response(let response) = await bench.books.exchange(request) else { return }
        #expect(response.status == 400)
        let account = try await bench.call(.get, "/v1/account")
        #expect(account.body["id"]?.string == bench.account)
    }
}
