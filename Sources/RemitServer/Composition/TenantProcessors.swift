package import RemitDomain
import RemitStorage
package import RemitStripe
package import RemitTenant

/// Each tenant's Stripe: one exchange for all, the tenant's own key.
package struct TenantProcessors<Exchange: StripeExchange>: ProcessorSource {
    private let control: ControlPlane
    private let exchange: Exchange
    private let clock: SystemClock

    package init(control: ControlPlane, exchange: Exchange, clock: SystemClock) {
        self.control = control
        self.exchange = exchange
        self.clock = clock
    }

    package func processor(for tenant: TenantID) -> (any PaymentProcessor)? {
        guard let account = control.secrets(of: tenant)?.accounts.first(where: \.isCurrent),
            let credentials = StripeCredentials(
                secretKey: StripeSecret(account.key), account: account.account.isEmpty ? nil : account.account)
        else { return nil }
        return StripeProcessor(exchange: exchange, clock: clock, credentials: credentials)
    }
}
