package import RemitStripe

/// How a simulator is served.
package struct SimulatorConfiguration: Sendable {
    /// An address that the simulator sends events to.
    package struct WebhookEndpoint: Sendable {
        /// `https://…`, or `http://…` to this machine.
        package var url: String
        package var secret: StripeSecret
        /// Only the events of this account; nil for those of all.
        package var account: String?

        package init(url: String, secret: StripeSecret, account: String? = nil) {
            self.url = url
            self.secret = secret
            self.account = account
        }
    }

    /// What happens to deliveries on their way, by chance of the seed; each in 1,000.
    package struct DeliveryFaults: Hashable, Sendable {
        package var dropPerMille = 0
        package var duplicatePerMille = 0
        package var delayPerMille = 0
        package var delayMilliseconds = 1_000

        package init() {}
    }

    /// A loopback address; everything else is refused.
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 0
    package var webhooks: [WebhookEndpoint] = []
    /// Endpoints will be named by ``SimulatorServer/deliver(to:)``; events wait for that.
    package var webhooksFollow = false
    /// PEM file of the authorities that receivers' certificates are checked against; nil for the system's.
    package var webhookAuthoritiesFile: String?
    package var deliveryFaults = DeliveryFaults()
    package var deliverySeed: UInt64 = 1
    /// How long a request whose answer is to be lost is left waiting before its connection is closed.
    package var lostAnswerMilliseconds = 60_000

    package init() {}
}
