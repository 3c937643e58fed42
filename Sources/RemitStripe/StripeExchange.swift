/// Carries one request to Stripe and brings back one response or a transport's failure.
///
/// It never retries.
package protocol StripeExchange: Sendable {
    /// Sends `request` once.
    ///
    /// Doesn't throw: a failure is a result that says nothing about what Stripe did.
    @concurrent func exchange(_ request: StripeHTTPRequest) async -> StripeHTTPResult
}

/// The methods of HTTP that Stripe's API uses.
package enum StripeMethod: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
}

/// One HTTP request to Stripe, as a value.
package struct StripeHTTPRequest: Hashable, Sendable {
    package var method: StripeMethod
    /// Path and query, such as `/v1/charges?limit=1`.
    package var target: String
    /// The encoded form; empty for GET and DELETE.
    package var body: [UInt8]
    package var version: String
    package var secretKey: StripeSecret
    package var idempotencyKey: String?
    /// `Stripe-Account`: the connected account that the request acts for.
    package var connectedAccount: String?

    package init(
        method: StripeMethod, target: String, body: [UInt8] = [], version: String = StripeVersion.pinned,
        secretKey: StripeSecret, idempotencyKey: String? = nil, connectedAccount: String? = nil
    ) {
        self.method = method
        self.target = target
        self.body = body
        self.version = version
        self.secretKey = secretKey
        self.idempotencyKey = idempotencyKey
        self.connectedAccount = connectedAccount
    }
}

/// What one exchange came to.
package enum StripeHTTPResult: Hashable, Sendable {
    case response(StripeHTTPResponse)
    case failed(TransportFailure)
}

/// Why no response came.
///
/// None of them says whether Stripe executed the request.
package enum TransportFailure: Hashable, Sendable {
    case couldNotConnect
    case timedOut
    case connectionLost
    /// The answer was larger than the exchange's limit.
    case responseTooLarge
}

/// One HTTP response of Stripe's, as a value.
package struct StripeHTTPResponse: Hashable, Sendable {
    package var status: Int
    /// Names in lower case.
    package private(set) var headers: [String: String]
    package var body: [UInt8]

    /// A response; header names may be in any case, and of repeated ones the last counts.
    package init(status: Int, headers: some Sequence<(String, String)>, body: [UInt8]) {
        self.status = status
        self.headers = Dictionary(headers.map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { $1 })
        self.body = body
    }

    /// A header's value by its name in lower case.
    package subscript(header: String) -> String? { headers[header] }
}
