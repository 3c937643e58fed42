import RemitDomain
import RemitStripe
import RemitStripeSimulator
import Testing

/// A simulator and a client that speaks to it, for one test.
struct Bench {
    let books = SimulatorBooks(seed: 7)
    let key = StripeSecret("sk_test_bench")

    var account: String { Simulator.ownAccountID(ofKey: key.revealed) }

    /// One request by form fields; the answer's status, body and headers.
    func call(
        _ method: StripeMethod, _ path: String, _ fields: KeyValuePairs<String, String> = [:],
        idempotencyKey: String? = nil, key: StripeSecret? = nil
    ) async throws -> (status: Int, body: JSONValue, response: StripeHTTPResponse) {
        var form = Form()
        for (name, value) in fields { form.add(name, value) }
        let target = method == .post || fields.isEmpty ? path : "\(path)?\(form.encoded)"
        let request = StripeHTTPRequest(
            method: method, target: target, body: method == .post ? Array(form.encoded.utf8) : [],
            secretKey: key ?? self.key, idempotencyKey: idempotencyKey)
        guard case .response(let response) = await books.exchange(request) else {
            Issue.record("No response came.")
            throw NoResponse()
        }
        return (response.status, try JSONValue(parsing: response.body), response)
    }

    struct NoResponse: Error {}

    /// A confirmed payment intent.
    func pay(
        _ method: String = "pm_card_visa", amount: Int = 4_900, manual: Bool = false, idempotencyKey: String? = nil
    ) async throws -> (status: Int, body: JSONValue, response: StripeHTTPResponse) {
        try await call(
            .post, "/v1/payment_intents",
            [
                "amount": String(amount), "currency": "usd", "payment_method": method, "confirm": "true",
                "capture_method": manual ? "manual" : "automatic", "automatic_payment_methods[enabled]": "true",
                "automatic_payment_methods[allow_redirects]": "never", "metadata[remit_id]": "payment_1",
            ], idempotencyKey: idempotencyKey)
    }
}
