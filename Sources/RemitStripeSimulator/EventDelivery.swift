/// An event that Stripe would send to the account's endpoints.
package struct EventDelivery: Hashable, Sendable {
    package var eventID: String
    package var type: String
    package var account: String
    /// The raw body; what is signed and sent.
    package var body: [UInt8]
}
