/// A secret of Stripe's (an API key or a webhook's signing secret) that never prints itself.
package struct StripeSecret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself.
    ///
    /// Only for headers and MACs: never for logs, errors, rows.
    package let revealed: String

    package init(_ secret: String) {
        revealed = secret
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    /// Keeps the secret out of `dump` and of the default description of what holds it.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
