/// The version of Stripe's API that every request names and that Remit's readers expect.
package enum StripeVersion {
    /// The version that Stripe's current SDKs pin; changing it is a change of contract: read the changelog first.
    package static let pinned = "2026-10-28.endive"
}
