import Foundation

/// The highest rate at which the p99 of calls stays below a target.
struct Sweep {
    let bench: LoadBench
    let row: LoadRow
    let target: LatencyTarget

    /// How near the highest rate is found.
    static let precision = 0.05
    static let rateMax = 10_000_000.0

    /// One rate, and what came of it.
    struct Step: Sendable {
        var rate: Double
        var sample: LoadSample
        var holds: Bool
    }

    func sample(from rate: Double) async throws -> LoadSample {
        var search = RateSearch(from: rate, rateMax: Self.rateMax, precision: Self.precision)
        var steps: [Step] = []
        while case .measure(let rate) = search.next {
            var row = row
            row.mode = .open(row.mode.arrivals, rate: rate)
            bench.progress.stage("\(Int(rate))/s")
            let sample = try await bench.sample(row.calls ?? .get, row)
            let holds = Self.holds(sample, target)
            search.found(holds: holds)
            steps.append(Step(rate: rate, sample: sample, holds: holds))
            Output.note(Self.line(steps[steps.count - 1]))
        }
        return Self.judge(steps, target)
    }

    /// Whether none of the calls that were meant to be sent failed, and 99 % got their answers in time.
    ///
    /// One that was refused, or never sent, is as one that came too late.
    static func holds(_ sample: LoadSample, _ target: LatencyTarget) -> Bool {
        let tally = sample.tally
        guard tally.good > 0, tally.failed == 0 else { return false }
        let meant = tally.good + tally.refused + tally.dropped
        let percentile = 99 * Double(meant) / Double(tally.good)
        return percentile <= 100 && tally.microseconds(percentile) <= target.microseconds
    }

    /// The steps in one: the figures are those of the highest rate that held, with lines over all rates.
    static func judge(_ steps: [Step], _ target: LatencyTarget) -> LoadSample {
        let best = steps.filter(\.holds).max { $0.rate < $1.rate }
        var sample = best?.sample ?? LoadSample(seconds: steps.last?.sample.seconds ?? 1)
        let ordered = steps.sorted { $0.rate < $1.rate }
        sample.series = [
            Series(
                name: "p99", unit: "µs", x: "offered 1/s",
                points: ordered.map { Series.Point($0.rate.rounded(), $0.sample.tally.microseconds(99)) }),
            Series(
                name: "goodput", unit: "1/s", x: "offered 1/s",
                points: ordered.map { Series.Point($0.rate.rounded(), $0.sample.requestsPerSecond) }),
        ]
        sample.tally.failed = steps.reduce(0) { $0 + $1.sample.tally.failed }
        if let best {
            sample.others[.rateFound] = best.rate
            sample.remarks = [
                "\(NumberText.number(best.rate)) calls a second keep p99 below \(target.description); steps:\n"
                    + table(steps)
            ]
        } else {
            sample.remarks = ["Not even the first rate kept p99 below \(target.description); steps:\n" + table(steps)]
        }
        return sample
    }

    private static func table(_ steps: [Step]) -> String {
        var table = TextTable(head: ["offered/s", "goodput/s", "p99", "refused", "dropped", "late", "holds"])
        table.rows = steps.map(cells)
        return table.plain
    }

    private static func line(_ step: Step) -> String {
        let cells = cells(step)
        return "\(cells[0])/s: p99 \(cells[2]), \(step.holds ? "holds" : "doesn't hold")"
    }

    private static func cells(_ step: Step) -> [String] {
        let tally = step.sample.tally
        return [
            NumberText.number(step.rate.rounded()), NumberText.number(step.sample.requestsPerSecond.rounded()),
            NumberText.value(tally.microseconds(99), unit: "µs"),
        ] + [tally.refused, tally.dropped, tally.late].map { NumberText.value(Double($0), unit: "1") }
            + [step.holds ? "yes" : "no"]
    }
}
