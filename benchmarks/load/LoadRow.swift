/// All runs of one scenario at one number of calls in flight.
struct LoadRow {
    let scenario: ScenarioName
    let inFlight: Int
    var samples: [LoadSample] = []

    var failures: Int { samples.reduce(0) { $0 + $1.failures } }
    var requestsPerSecond: Spread? { Spread(samples.map(\.requestsPerSecond)) }
    var p50Microseconds: Spread? { Spread(samples.map(\.p50Microseconds)) }
    var p99Microseconds: Spread? { Spread(samples.map(\.p99Microseconds)) }
    var cpuMicroseconds: Spread? { Spread(samples.compactMap(\.cpuMicrosecondsPerRequest)) }
    var stripeReads: Spread? { Spread(samples.compactMap(\.stripeReadsPerCall)) }

    init(scenario: ScenarioName, inFlight: Int) {
        self.scenario = scenario
        self.inFlight = inFlight
    }
}

/// The middle of some figures, and how far they lie apart.
struct Spread: Encodable {
    var median: Double
    var low: Double
    var high: Double

    /// Nil without figures.
    init?(_ figures: [Double]) {
        let sorted = figures.sorted()
        guard let low = sorted.first, let high = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.low = low
        self.high = high
    }

    /// Half the distance from low to high, in per cent of the median.
    var percent: Int { median == 0 ? 0 : Int(((high - low) / 2 / median * 100).rounded()) }
}
