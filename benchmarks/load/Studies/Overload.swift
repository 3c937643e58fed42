import Foundation

/// What becomes of the calls that are answered when more and more are sent.
///
/// First a closed loop of several widths finds what the server bears; then an open loop sends a multiple of it, step by
/// step. A server that holds its own answers as many at three times that as at its best, and refuses the rest at once,
/// saying that nothing happened.
struct Overload {
    let bench: LoadBench
    let row: LoadRow
    let calls: ScenarioName

    /// What is sent, in times of what the closed loop found.
    static let multiples = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3]
    /// Calls in flight of the closed loop: what fills a server depends on how it groups them.
    static let widths = [64, 256, 1_024]
    /// What of the best must be left at the last step.
    static let keptMin = 0.9
    /// What of a step's rate must have left the generator for the step to be judged.
    static let sentMin = 0.9

    /// One rate.
    struct Step {
        var offered: Double
        var sample: LoadSample

        var tally: Tally { sample.tally }
        var goodput: Double { sample.requestsPerSecond }
        /// Whether it was what it was meant to be: a server that was offered less has shown nothing.
        var wasSent: Bool { sample.sentPerSecond >= offered * Overload.sentMin }
    }

    func sample() async throws -> LoadSample {
        var borne = 0.0
        for width in Self.widths {
            var row = row
            row.mode = .closed(inFlight: width)
            bench.progress.stage("what it bears, \(width) in flight")
            borne = max(borne, try await bench.sample(calls, row).requestsPerSecond)
        }
        guard borne > 0 else {
            throw LoadFailure("No call was answered: there is no peak to go beyond.", isSetup: false)
        }
        var steps: [Step] = []
        for multiple in Self.multiples {
            var row = row
            row.mode = .open(row.mode.arrivals, rate: borne * multiple)
            bench.progress.stage("\(multiple)× of \(Int(borne))/s")
            steps.append(Step(offered: borne * multiple, sample: try await bench.sample(calls, row)))
        }
        return Self.judge(steps, borne: borne)
    }

    /// What the steps, of which the last is the one that is judged, come to.
    static func judge(_ steps: [Step], borne: Double) -> LoadSample {
        guard let last = steps.last else { preconditionFailure("An overload has steps.") }
        let peak = max(borne, steps.map(\.goodput).max() ?? 0)
        var sample = last.sample
        sample.series = series(steps)
        sample.others[.peak] = peak
        sample.others[.goodput] = last.goodput
        sample.others[.offered] = last.sample.sentPerSecond
        if last.wasSent {
            sample.verdicts.append(
                Verdict(
                    name: "Goodput at 3× to the peak", to: "peak", figure: .goodput, value: last.goodput / peak,
                    must: keptMin))
        }
        // Of all steps: a refusal without the word is wrong at any rate.
        let refused = steps.reduce(0) { $0 + $1.tally.refused }
        let notProcessed = steps.reduce(0) { $0 + $1.tally.notProcessed }
        if refused > 0 {
            sample.verdicts.append(
                Verdict(
                    name: "Refused calls that say not_processed", to: "refused", figure: .notProcessed,
                    value: Double(notProcessed) / Double(refused), must: 1))
        }
        let failed = steps.dropLast().reduce(0) { $0 + $1.tally.failed }
        sample.tally.failed += failed
        sample.remarks = [table(steps, borne: borne)] + last.remarks(refused: refused)
        return sample
    }

    private static func series(_ steps: [Step]) -> [Series] {
        func line(_ name: String, _ unit: String, _ value: (Step) -> Double) -> Series {
            Series(
                name: name, unit: unit, x: "offered 1/s",
                points: steps.map { Series.Point($0.offered.rounded(), value($0)) })
        }
        return [
            line("goodput", "1/s") { $0.goodput },
            line("refused", "1/s") { Double($0.tally.refused) / $0.sample.seconds },
            line("p99", "µs") { $0.tally.microseconds(99) },
        ]
    }

    private static func table(_ steps: [Step], borne: Double) -> String {
        var table = TextTable(head: [
            "offered/s", "sent/s", "goodput/s", "not processed", "refused otherwise", "failed", "late", "dropped",
            "p99",
        ])
        table.rows = steps.map { step in
            let tally = step.tally
            return [step.offered, step.sample.sentPerSecond, step.goodput].map { NumberText.number($0.rounded()) }
                + [tally.notProcessed, tally.refused - tally.notProcessed, tally.failed, tally.late, tally.dropped]
                .map { NumberText.value(Double($0), unit: "1") }
                + [NumberText.value(tally.microseconds(99), unit: "µs")]
        }
        return "The closed loop found \(NumberText.number(borne.rounded()))/s. By what was offered:\n" + table.plain
    }
}

extension Overload.Step {
    /// Sentences on whether the step was what it was meant to be.
    fileprivate func remarks(refused: Int) -> [String] {
        var remarks: [String] = []
        if !wasSent {
            let why =
                tally.dropped > 0
                ? "as many as the connections take were under way" : "the generator has no time for more"
            remarks.append(
                "At the last step \(NumberText.number(sample.sentPerSecond)) calls a second were sent of"
                    + " \(NumberText.number(offered)): \(why). Goodput at this rate isn't judged.")
        }
        if refused == 0 {
            remarks.append("Nothing was refused: more connections (--connections) let more calls wait at the server.")
        }
        return remarks
    }
}
