import RemitDomain
import RemitStripe

/// Requests and their answers: parameters, idempotency, execution.
extension AccountBooks {
    /// Answers a request of this account.
    ///
    /// `fails` makes the answer a 500, saved under the key as Stripe saves it: after the effect, or in its place.
    mutating func answer(_ request: StripeHTTPRequest, fails: InnerFailure? = nil) -> StripeHTTPResponse {
        let requestID = random.identifier("req")
        do {
            return try execute(request, requestID, fails)
        } catch {
            return response(error.status, error.json.serialized(), request, requestID)
        }
    }

    enum InnerFailure: Sendable {
        case beforeEffect
        case afterEffect
    }

    private mutating func execute(
        _ request: StripeHTTPRequest, _ requestID: String, _ fails: InnerFailure?
    ) throws(StripeFailure) -> StripeHTTPResponse {
        let halves = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(halves.first ?? "")
        let query = halves.count == 2 ? Array(halves[1].utf8) : []
        let parameters = try Self.parameters(request.method == .post ? request.body : query)
        guard request.version == StripeVersion.pinned else {
            throw .invalid("Invalid Stripe API version: \(request.version)")
        }
        // Only POSTs have keys that count.
        let key = request.method == .post ? request.idempotencyKey : nil
        if let key, key.utf8.count > 255 {
            throw StripeFailure(
                status: 400, type: "idempotency_error", message: "Idempotency keys have at most 255 characters.")
        }
        // Comes before the key: what is refused here is saved under no key.
        let route = try Route.parse(request.method, path, parameters.members ?? [:])
        if let key, let first = saved[key] {
            guard first.path == path, first.parameters == parameters else { throw .parametersDiffer(key: key) }
            let extra = [("Idempotent-Replayed", "true"), ("Original-Request", first.requestID)]
            return response(first.status, first.body, request, requestID, extra)
        }
        cause = Cause(requestID: requestID, idempotencyKey: key)
        defer { cause = Cause() }
        var (status, body) = fails == .beforeEffect ? (500, []) : run(route)
        if fails != nil { (status, body) = (500, StripeFailure.serverError.json.serialized()) }
        if let key {
            saved.save(
                SavedAnswers.Entry(
                    path: path, parameters: parameters, status: status, body: body, requestID: requestID),
                key: key, now: now)
        }
        return response(status, body, request, requestID)
    }

    private mutating func run(_ route: Route) -> (Int, [UInt8]) {
        do {
            var object = try route.execution(&self)
            for expansion in route.expansions {
                object = Expansion.expand(object, expansion.split(separator: ".")[...], in: self)
            }
            return (200, object.serialized())
        } catch {
            return (error.status, error.json.serialized())
        }
    }

    private func response(
        _ status: Int, _ body: [UInt8], _ request: StripeHTTPRequest, _ requestID: String,
        _ extra: [(String, String)] = []
    ) -> StripeHTTPResponse {
        StripeHTTPResponse(
            status: status, headers: SimulatorHeaders.all(request, requestID, now: now) + extra, body: body)
    }

    private static func parameters(_ form: [UInt8]) throws(StripeFailure) -> FormNode {
        do {
            return try FormNode(decoding: form)
        } catch {
            throw .invalid(error.message)
        }
    }
}

/// The headers of every answer.
enum SimulatorHeaders {
    static func all(_ request: StripeHTTPRequest, _ requestID: String, now: Int64) -> [(String, String)] {
        var headers = [
            ("Content-Type", "application/json"), ("Request-Id", requestID),
            ("Stripe-Version", request.version),
            ("Date", HTTPDate.text(of: Timestamp(milliseconds: now))),
        ]
        if request.method == .post, let key = request.idempotencyKey { headers.append(("Idempotency-Key", key)) }
        return headers
    }
}
