/// What one run of a scenario gave.
struct LoadSample: Sendable {
    var tally = Tally()
    var seconds: Double
    /// CPU time of the server while it was measured; nil when its process isn't known.
    var cpuMicroseconds: Double?
    /// CPU time of the generator itself in that time.
    var loadMicroseconds: Double?
    /// GETs that the server sent to Stripe for each call; nil when its counters aren't known.
    var stripeReadsPerCall: Double?
    /// The slowest tenant's p99 against the median tenant's; nil for one tenant.
    var fairness: Double?
    /// What this scenario alone has.
    var others: [FigureKind: Double] = [:]
    /// Lines of charts, of this run.
    var series: [Series] = []
    /// What was held against what it must be.
    var verdicts: [Verdict] = []
    /// Sentences for people about what was found.
    var remarks: [String] = []

    init(seconds: Double) { self.seconds = seconds }

    /// The calls of all tenants but the first; nil for one tenant.
    var othersThanFirst: NoisyNeighbour.Others?

    var sentPerSecond: Double { Double(tally.sent) / seconds }
    var requestsPerSecond: Double { Double(tally.answers) / seconds }
    var cpuMicrosecondsPerRequest: Double? {
        tally.answers == 0 ? nil : cpuMicroseconds.map { $0 / Double(tally.answers) }
    }

    var loadMicrosecondsPerRequest: Double? {
        tally.answers == 0 ? nil : loadMicroseconds.map { $0 / Double(tally.answers) }
    }

    mutating func take(_ cpu: (server: Double?, load: Double)) {
        cpuMicroseconds = cpu.server
        loadMicroseconds = cpu.load
    }

    /// Several samples of the same load as one; empty ones make none.
    init(together samples: [LoadSample]) {
        self.init(seconds: samples.reduce(0) { $0 + $1.seconds })
        for sample in samples { tally.add(sample.tally) }
        let server = samples.compactMap(\.cpuMicroseconds)
        if server.count == samples.count { cpuMicroseconds = server.reduce(0, +) }
        loadMicroseconds = samples.reduce(0) { $0 + ($1.loadMicroseconds ?? 0) }
        let reads = samples.compactMap(\.stripeReadsPerCall)
        stripeReadsPerCall = Spread(reads)?.median
        fairness = Spread(samples.compactMap(\.fairness))?.median
    }

    /// Throughput and p99 by the second; none for runs too short to see anything in.
    mutating func addTimeline() {
        let timeline = tally.timeline
        guard timeline.count > 2 else { return }
        func line(_ name: String, _ unit: String, _ value: (Int) -> Double) -> Series {
            Series(
                name: name, unit: unit, x: "s",
                points: timeline.indices.map { Series.Point(Double($0), value($0)) })
        }
        series.append(line("requests/s", "1/s") { Double(timeline[$0].count) })
        series.append(line("p99", "µs") { timeline[$0].p99 })
    }
}
