import RemitDomain

/// Reads objects and lists of one account.
struct StripeReader<Exchange: StripeExchange, Clock: WallClock>: Sendable {
    var exchange: Exchange
    var clock: Clock
    var credentials: StripeCredentials

    enum Read: Sendable {
        case found(JSONValue, date: Timestamp)
        case missing
        case unavailable
    }

    @concurrent func get(_ target: String) async -> Read {
        let result = await exchange.exchange(
            StripeHTTPRequest(
                method: .get, target: target, secretKey: credentials.secretKey,
                connectedAccount: credentials.connectedAccount))
        guard case .response(let response) = result else { return .unavailable }
        switch response.status {
        case 200:
            guard let body = try? JSONValue(parsing: response.body) else { return .unavailable }
            return .found(body, date: response["date"].flatMap(HTTPDate.parse) ?? clock.now())
        case 404: return .missing
        default: return .unavailable
        }
    }
}
