package import RemitStripe
import Synchronization

/// Counts the requests that another exchange carries, by method.
package final class CountingExchange<Carrier: StripeExchange>: StripeExchange {
    private let carrier: Carrier
    private let gets = Atomic<Int>(0)
    private let posts = Atomic<Int>(0)
    private let deletes = Atomic<Int>(0)

    package init(_ carrier: Carrier) {
        self.carrier = carrier
    }

    @concurrent package func exchange(_ request: StripeHTTPRequest) async -> StripeHTTPResult {
        switch request.method {
        case .get: gets.wrappingAdd(1, ordering: .relaxed)
        case .post: posts.wrappingAdd(1, ordering: .relaxed)
        case .delete: deletes.wrappingAdd(1, ordering: .relaxed)
        }
        return await carrier.exchange(request)
    }

    /// The counters in Prometheus' text format.
    package var text: String {
        "# HELP remit_stripe_requests_total Requests sent to Stripe, by HTTP method.\n"
            + "# TYPE remit_stripe_requests_total counter\n"
            + "remit_stripe_requests_total{method=\"GET\"} \(gets.load(ordering: .relaxed))\n"
            + "remit_stripe_requests_total{method=\"POST\"} \(posts.load(ordering: .relaxed))\n"
            + "remit_stripe_requests_total{method=\"DELETE\"} \(deletes.load(ordering: .relaxed))\n"
    }
}
