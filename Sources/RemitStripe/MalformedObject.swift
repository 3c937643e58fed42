/// An object of Stripe's that lacks what Remit must read of it.
struct MalformedObject: Error, Hashable, Sendable {
    /// Names the member, never its value.
    var message: String
}
