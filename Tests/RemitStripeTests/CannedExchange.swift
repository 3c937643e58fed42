import RemitDomain
import RemitStripe
import Synchronization

/// An exchange that answers what it is told to and remembers what it was asked.
final class CannedExchange: StripeExchange {
    private let results: Mutex<[StripeHTTPResult]>
    private let asked = Mutex<[StripeHTTPRequest]>([])

    init(_ results: [StripeHTTPResult] = []) {
        self.results = Mutex(results)
    }

    convenience init(
        status: Int, _ body: JSONValue = [:], headers: [String: String] = [:]
    ) {
        let response = StripeHTTPResponse(
            status: status, headers: headers.map { ($0.key, $0.value) }, body: body.serialized())
        self.init([.response(response)])
    }

    var requests: [StripeHTTPRequest] { asked.withLock { $0 } }

    @concurrent func exchange(_ request: StripeHTTPRequest) async -> StripeHTTPResult {
        asked.withLock { $0.append(request) }
        return results.withLock { $0.isEmpty ? .failed(.connectionLost) : $0.removeFirst() }
    }
}

/// A clock that stands still.
struct ManualClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_750_000_000) }
}
