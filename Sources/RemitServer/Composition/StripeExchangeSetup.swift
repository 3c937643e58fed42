package import Logging
import NIOPosix
package import RemitStripeHTTP

/// Makes the one way to Stripe that all tenants share.
package enum StripeExchangeSetup {
    /// An exchange with the Stripe at `url`, on the process's own event loops.
    package static func live(_ url: String, logger: Logger) throws(StartupError) -> LiveStripeExchange {
        do throws(StripeEndpoint.Refused) {
            return LiveStripeExchange(
                endpoint: try StripeEndpoint(url), group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        } catch {
            throw StartupError("\(error) It is “\(url)” (--stripe-url).")
        }
    }
}
