import RemitDomain

/// Says what one result of a send means: the word of one answer, not yet of its operation.
enum StripeAnswerReader {
    static func answer(to request: StripeRequest, _ result: StripeHTTPResult) -> Answer {
        guard case .response(let response) = result else { return Answer(.noAnswer, mayRetry: true) }
        let replayed = response["idempotent-replayed"] == "true"
        return Answer(
            word(for: response, to: request, replayed: replayed),
            date: response["date"].flatMap(HTTPDate.parse), replayed: replayed,
            mayRetry: mayRetry(response), requestID: response["request-id"])
    }

    /// The retry rule of Stripe's own clients: what the server says, else conflicts and server errors.
    static func mayRetry(_ response: StripeHTTPResponse) -> Bool {
        switch response["stripe-should-retry"] {
        case "true": true
        case "false": false
        default: response.status == 409 || response.status >= 500
        }
    }

    private static func word(
        for response: StripeHTTPResponse, to request: StripeRequest, replayed: Bool
    ) -> AnswerWord {
        let body = try? JSONValue(parsing: response.body)
        let error = body?["error"]
        let type = error?["type"]?.string
        let code = error?["code"]?.string
        switch response.status {
        case 200..<300:
            // What was done but can't be read is as good as unanswered: a look-up will tell.
            guard let body, let fact = try? StripeObjectReader.fact(from: body) else { return .noAnswer }
            return .fact(fact)
        case _ where type == "idempotency_error" && code != "idempotency_key_in_use":
            return .parameterMismatch
        case 402:
            let failure = StripeObjectReader.failure(from: error ?? .null)
            let intent = error?["payment_intent"].flatMap { try? StripeObjectReader.payment(from: $0) }
            return .declined(failure, intent)
        case 401, 403:
            return .credentialsRefused
        case 409, 429:
            return .notExecuted(code: code ?? (response.status == 429 ? "rate_limit" : "conflict"))
        case 400..<500:
            return .refused(
                code: code ?? type ?? "invalid_request_error", param: error?["param"]?.string,
                message: error?["message"]?.string ?? "Stripe refused the request.",
                aboutExistingObject: isAboutExistingObject(request, code: code))
        default:
            return replayed ? .keySpent : .noAnswer
        }
    }

    /// Whether the refusal may be due to an object's state: then the object is read before anything is concluded.
    private static func isAboutExistingObject(_ request: StripeRequest, code: String?) -> Bool {
        if let code, code.hasPrefix("parameter_") { return false }
        let parts = request.components
        return parts.count >= 2 || parts.first == "refunds"
    }
}
