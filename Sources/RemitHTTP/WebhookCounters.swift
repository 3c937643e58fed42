import Synchronization

/// How webhooks were answered, counted by reason.
package final class WebhookCounters: Sendable {
    /// What became of one request.
    package enum Outcome: String, Sendable, CaseIterable {
        /// Stored (or stored before) and answered 200.
        case accepted
        /// Bad or missing signature, or a tenant that doesn't exist.
        case refused
        case tooLarge = "too_large"
        /// A right signature around what is no event.
        case malformed
        /// Genuine, but of the other mode: answered 200, not stored.
        case otherMode = "other_mode"
        /// Genuine, but of another account: answered 200, not stored.
        case otherAccount = "other_account"
        /// Turned away with 503: draining, overloaded, not read whole, a tenant that isn't known yet, or the inbox could
        /// not be written.
        case unavailable
    }

    private let counts = Mutex([Outcome: Int]())

    package init() {}

    package func count(_ outcome: Outcome) {
        counts.withLock { $0[outcome, default: 0] += 1 }
    }

    package subscript(outcome: Outcome) -> Int { counts.withLock { $0[outcome, default: 0] } }

    /// The counters in Prometheus' text format.
    package var text: String {
        let counts = counts.withLock { $0 }
        var text = "# HELP remit_webhooks_total Webhook requests by what became of them.\n"
        text += "# TYPE remit_webhooks_total counter\n"
        for outcome in Outcome.allCases {
            text += "remit_webhooks_total{outcome=\"\(outcome.rawValue)\"} \(counts[outcome, default: 0])\n"
        }
        return text
    }
}
