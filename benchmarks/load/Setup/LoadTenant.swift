/// A tenant with what was made in it beforehand.
struct LoadTenant: Codable, Sendable {
    /// What calls name; empty: the API key's own.
    var id: String
    /// A customer that creates name; empty until one is made.
    var customer = ""
    /// Payments that are read.
    var payments: [String] = []
    /// Captured payments that can be refunded.
    var captured: [String] = []
}
