import Foundation

/// How much one tenant that sends ten times its share slows the others down.
///
/// All tenants have the same share of half of what the server bears; the open loop runs so, and with the first tenant at
/// ten times its share, in turns. Only the others' calls count, whose own rate is the same in both; each round has a ratio,
/// and the median of all is judged: a disk that stalls for once makes one round's p99, not the verdict.
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
    /// How often both are measured: in the order A B, then B A, and so on.
    static let rounds = 5
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
        var quiet: [LoadSample] = []
        var noisy: [LoadSample] = []
        for round in 1...Self.rounds {
            for isNoisy in round.isMultiple(of: 2) ? [true, false] : [false, true] {
                let what = isNoisy ? "one at \(Int(Self.noise))× its share" : "all alike, \(Int(found))/s"
                bench.progress.stage("\(round) of \(Self.rounds): \(what)")
                if isNoisy {
                    noisy.append(try await run(rate: found * (count - 1 + Self.noise) / count, .heavy(Self.noise)))
                } else {
                    quiet.append(try await run(rate: found, .uniform))
                }
            }
        }
        return try Self.judge(
            quiet: quiet, noisy: noisy, calls: calls, rate: found, borne: borne, tenants: row.tenants)
    }

    private func run(rate: Double, _ spread: TenantSpread) async throws -> LoadSample {
        var row = row
        row.mode = .open(row.mode.arrivals, rate: rate)
        row.spread = spread
        return try await bench.sample(calls, row)
    }

    /// All rounds in one: its figures are those of all tenants with the noise; the others' p99 stand beside them.
    static func judge(
        quiet: [LoadSample], noisy: [LoadSample], calls: ScenarioName, rate: Double, borne: Double?, tenants: Int
    ) throws(LoadFailure) -> LoadSample {
        let before = quiet.compactMap(\.othersThanFirst)
        let with = noisy.compactMap(\.othersThanFirst)
        guard before.count == with.count, let p99Before = Spread(before.map(\.p99)),
            let p99With = Spread(with.map(\.p99)), (before + with).allSatisfy({ $0.good > 0 })
        else {
            throw LoadFailure("The other tenants' calls got no answer; --duration may be too short.", isSetup: false)
        }
        var sample = LoadSample(together: noisy)
        let ratios = zip(with, before).map { $0.p99 / $1.p99 }
        sample.others[.quietP99] = p99Before.median
        sample.others[.noisyP99] = p99With.median
        if let borne { sample.others[.peak] = borne }
        for one in quiet { sample.tally.failed += one.tally.failed }
        sample.verdicts = [
            Verdict(
                name: "Others' p99 of \(calls.rawValue) beside a noisy tenant", to: "quiet", figure: .p99,
                values: ratios,
                better: .lower, must: ratioMax)
        ]
        let share = rate / Double(tenants)
        var table = TextTable(head: ["the \(tenants - 1) others", "good", "not good", "p50", "p99 of each round"])
        table.rows = [("all alike", before), ("one noisy", with)].map { name, rounds in
            [
                name, count(rounds.map(\.good)), count(rounds.map(\.misses)),
                NumberText.value(Spread(rounds.map(\.p50))?.median ?? 0, unit: "µs"),
                rounds.map { NumberText.value($0.p99, unit: "µs") }.joined(separator: ", "),
            ]
        }
        let bears = borne.map { "The server bears \(NumberText.number($0.rounded()))/s. " } ?? ""
        sample.remarks = [
            "\(bears)A share is \(NumberText.number(share))/s, the noisy tenant's \(NumberText.number(share * noise))/s.\n"
                + table.plain
        ]
        return sample
    }

    private static func count(_ counts: [Int]) -> String {
        NumberText.value(Double(counts.reduce(0, +)), unit: "1")
    }
}
