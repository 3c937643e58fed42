import Crypto

/// What a tenant uses to act at Stripe.
package struct StripeCredentials: Hashable, Sendable {
    package var secretKey: StripeSecret
    /// The identity of the account, named in every row that has an object there.
    ///
    /// `acct_…`, from configuration or from ``StripeProcessor/accountID()``. A digest of the key stands for it until
    /// then: another key of the same account would then pass for another account, so rows refuse it; that errs on the
    /// safe side.
    package var account: String
    /// `Stripe-Account`, where the key is a platform's.
    package var connectedAccount: String?

    /// Nil when `secretKey` is empty or could not stand in a header.
    package init?(secretKey: StripeSecret, account: String? = nil, connectedAccount: String? = nil) {
        let characters = secretKey.revealed.utf8
        guard !characters.isEmpty, characters.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.secretKey = secretKey
        self.connectedAccount = connectedAccount
        self.account = account ?? connectedAccount ?? "key_" + Hex.text(SHA256.hash(data: Array(characters)).prefix(12))
    }

    /// Whether the key moves real money, as its prefix says (`sk_live_…`, `rk_live_…`).
    package var livemode: Bool { secretKey.revealed.contains("_live_") }
}
