import Foundation

/// How much one tenant that sends ten times its share slows the others down.
///
/// All tenants have the same share of half of what the server bears; the open loop runs once so, and once with the first
/// tenant at ten times its share. Only the others' calls count, whose own rate is the same both times.
struct NoisyNeighbour {
    let bench: LoadBench
    let row: LoadRow
    let calls: ScenarioName

    /// Times its share.
    static let noise = 10.0
    /// What all tenants send together without noise, of what a closed loop found: half, so that the server has room.
    static let load = 0.5
    /// Calls in flight of that closed loop.
    static let width = 64
    /// How many times slower the others may become, at p99.
    static let ratioMax = 1.5

    /// The others' calls in one run.
    struct Others: Sendable {
        var good: Int
        var p50: Double
        var p99: Double
        /// Those that got no good answer.
        var misses: Int
    }

    /// `rate`: calls a second of all tenants together without noise; nil: half of what is borne.
    func sample(rate: Double?) async throws -> LoadSample {
        var found = rate ?? 0
        var borne: Double?
        if rate == nil {
            var row = row
            row.mode = .closed(inFlight: Self.width)
            row.spread = .uniform
            bench.progress.stage("what it bears")
            let peak = try await bench.sample(calls, row).requestsPerSecond
            borne = peak
            found = peak * Self.load
        }
        guard found >= 1 else { throw LoadFailure("No call was answered: there is no share.", isSetup: false) }
        let count = Double(row.tenants)
        bench.progress.stage("all alike, \(Int(found))/s")
        let quiet = try await run(rate: found, .uniform)
        bench.progress.stage("one at \(Int(Self.noise))× its share")
        let noisy = try await run(rate: found * (count - 1 + Self.noise) / count, .heavy(Self.noise))
        return try Self.judge(quiet: quiet, noisy: noisy, rate: found, borne: borne, tenants: row.tenants)
    }

    private func run(rate: Double, _ spread: TenantSpread) async throws -> LoadSample {
        var row = row
        row.mode = .open(row.mode.arrivals, rate: rate)
        row.spread = spread
        return try await bench.sample(calls, row)
    }

    /// The two runs in one: figures are the others' with the noise.
    static func judge(
        quiet: LoadSample, noisy: LoadSample, rate: Double, borne: Double?, tenants: Int
    ) throws(LoadFailure) -> LoadSample {
        guard let before = quiet.othersThanFirst, let with = noisy.othersThanFirst, before.good > 0, with.good > 0
        else {
            throw LoadFailure("The other tenants' calls got no answer; --duration may be too short.", isSetup: false)
        }
        var sample = noisy
        let ratio = with.p99 / before.p99
        sample.others[.quietP99] = before.p99
        sample.others[.noiseRatio] = ratio
        if let borne { sample.others[.peak] = borne }
        sample.tally.failed += quiet.tally.failed
        sample.verdicts = [
            Verdict(
                name: "Others' p99 with a noisy tenant to without", to: "without", figure: .p99, value: ratio,
                better: .lower, must: ratioMax)
        ]
        let share = rate / Double(tenants)
        var table = TextTable(head: ["the \(tenants - 1) others", "good", "not good", "p50", "p99"])
        table.rows = [("all alike", before), ("one noisy", with)].map { name, others in
            [
                name, NumberText.value(Double(others.good), unit: "1"),
                NumberText.value(Double(others.misses), unit: "1"),
                NumberText.value(others.p50, unit: "µs"), NumberText.value(others.p99, unit: "µs"),
            ]
        }
        let bears = borne.map { "The server bears \(NumberText.number($0.rounded()))/s. " } ?? ""
        sample.remarks = [
            "\(bears)A share is \(NumberText.number(share))/s, the noisy tenant's \(NumberText.number(share * noise))/s.\n"
                + table.plain
        ]
        return sample
    }
}
