/// How evenly tenants are served.
enum Fairness {
    /// A tenant with fewer calls has no p99 that says anything.
    static let callsMin = 100

    /// The slowest tenant's figure against the median tenant's; 1 is fair.
    ///
    /// Nil for fewer than two tenants.
    static func index(_ figures: [Double]) -> Double? {
        guard figures.count > 1, let spread = Spread(figures), spread.median > 0 else { return nil }
        return spread.high / spread.median
    }
}
