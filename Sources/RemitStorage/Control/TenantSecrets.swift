/// A tenant's secrets, opened: in memory only, and never described.
package struct TenantSecrets: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The accounts whose keys are held, the current one first; older ones while their operations are open.
    package var accounts: [StripeAccount]
    /// One, or two while they rotate.
    package var webhookSecrets: [String]

    package init(accounts: [StripeAccount] = [], webhookSecrets: [String] = []) {
        self.accounts = accounts
        self.webhookSecrets = webhookSecrets
    }

    /// An account at Stripe and the tenant's API secret there.
    package struct StripeAccount: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        package var account: String
        package var livemode: Bool
        /// New calls go to it.
        package var isCurrent: Bool
        package var key: String

        package init(account: String, livemode: Bool, isCurrent: Bool = true, key: String) {
            self.account = account
            self.livemode = livemode
            self.isCurrent = isCurrent
            self.key = key
        }

        package var description: String { "StripeAccount(\(account))" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    package var description: String { "TenantSecrets" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
