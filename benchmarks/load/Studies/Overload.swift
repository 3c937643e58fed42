import Foundation

/// What becomes of the calls that are answered when more and more are sent.
///
/// First a closed loop of several widths finds what the server bears. Then, some times over and in both directions, an
/// open loop sends a multiple of it, step by step. A server that holds its own answers as many at three times that as at
/// its best, and refuses the rest at once, saying that nothing happened.
///
/// Its best is what was answered most in the median of the passes, not the luckiest second of all; the last step is held
/// against it within each pass, so that what disturbs the machine for longer disturbs both.
struct Overload {
    let bench: LoadBench
    let row: LoadRow
    let calls: ScenarioName

    /// What is sent, in times of what the closed loop found.
    static let multiples = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3]
    /// Calls in flight of the closed loop: what fills a server depends on how it groups them.
    static let widths = [64, 256, 1_024]
    /// How often all of it is gone through.
    static let passes = 3
    /// What of the best must be left at the last step.
    static let keptMin = 0.9
    /// What of a step's rate must have left the generator for the step to be judged.
    static let sentMin = 0.9

    /// One rate, or the closed loop, with a sample of each pass.
    struct Step {
        /// Calls a second; nil: those of the closed loop.
        var offered: Double?
        var samples: [LoadSample] = []

        var together: LoadSample { LoadSample(together: samples) }
        var goodputs: [Double] { samples.map(\.requestsPerSecond) }
        /// In the median of the passes.
        var goodput: Double { Spread(goodputs)?.median ?? 0 }
        /// The same of what was sent.
        var sent: Double { Spread(samples.map(\.sentPerSecond))?.median ?? 0 }
        /// Whether it was what it was meant to be: a server that was offered less has shown nothing.
        var wasSent: Bool { offered.map { sent >= $0 * Overload.sentMin } ?? true }
    }

    func sample() async throws -> LoadSample {
        var borne = 0.0
        var widest = Self.widths[0]
        for width in Self.widths {
            bench.progress.stage("what it bears, \(width) in flight")
            let found = try await closed(width).requestsPerSecond
            if found > borne { (borne, widest) = (found, width) }
        }
        guard borne > 0 else {
            throw LoadFailure("No call was answered: there is no peak to go beyond.", isSetup: false)
        }
        var peak = Step()
        var steps = Self.multiples.map { Step(offered: borne * $0) }
        for pass in 0..<Self.passes {
            bench.progress.stage("pass \(pass + 1) of \(Self.passes): \(widest) in flight")
            peak.samples.append(try await closed(widest))
            for index in pass.isMultiple(of: 2) ? Array(steps.indices) : steps.indices.reversed() {
                let rate = borne * Self.multiples[index]
                bench.progress.stage("pass \(pass + 1) of \(Self.passes): \(Self.multiples[index])× of \(Int(borne))/s")
                steps[index].samples.append(try await open(rate))
            }
        }
        return Self.judge(steps, closed: peak, calls: calls)
    }

    private func closed(_ width: Int) async throws -> LoadSample {
        var row = row
        row.mode = .closed(inFlight: width)
        return try await bench.sample(calls, row)
    }

    private func open(_ rate: Double) async throws -> LoadSample {
        var row = row
        row.mode = .open(row.mode.arrivals, rate: rate)
        return try await bench.sample(calls, row)
    }

    /// What the steps, of which the last is the one that is judged, come to; all have as many passes as the closed loop.
    static func judge(_ steps: [Step], closed: Step, calls: ScenarioName) -> LoadSample {
        guard let last = steps.last else { preconditionFailure("An overload has steps.") }
        let best = steps.reduce(closed) { $1.goodput > $0.goodput ? $1 : $0 }
        let all = steps.map { ($0, $0.together) }
        var sample = last.together
        sample.series = series(all)
        sample.others[.peak] = best.goodput
        sample.others[.goodput] = last.goodput
        sample.others[.offered] = last.sent
        if last.wasSent {
            sample.verdicts.append(
                Verdict(
                    name: "Goodput of \(calls.rawValue) at 3× what it bears", to: "peak", figure: .goodput,
                    values: zip(last.goodputs, best.goodputs).map { $0 / $1 }, must: keptMin))
        }
        // Of all steps: a refusal without the word is wrong at any rate.
        let refused = all.reduce(0) { $0 + $1.1.tally.refused }
        let notProcessed = all.reduce(0) { $0 + $1.1.tally.notProcessed }
        if refused > 0 {
            sample.verdicts.append(
                Verdict(
                    name: "Refused calls of \(calls.rawValue) that say not_processed", to: "refused",
                    figure: .notProcessed,
                    values: [Double(notProcessed) / Double(refused)], must: 1))
        }
        sample.tally.failed = all.reduce(closed.together.tally.failed) { $0 + $1.1.tally.failed }
        sample.remarks = [table(all, closed: closed)] + last.remarks(sample, refused: refused)
        return sample
    }

    private static func series(_ steps: [(step: Step, together: LoadSample)]) -> [Series] {
        func line(_ name: String, _ unit: String, _ value: (Step, LoadSample) -> Double) -> Series {
            Series(
                name: name, unit: unit, x: "offered 1/s",
                points: steps.map { Series.Point(($0.step.offered ?? 0).rounded(), value($0.step, $0.together)) })
        }
        return [
            line("goodput", "1/s") { step, _ in step.goodput },
            line("refused", "1/s") { Double($1.tally.refused) / $1.seconds },
            line("p99", "µs") { $1.tally.microseconds(99) },
        ]
    }

    private static func table(_ steps: [(step: Step, together: LoadSample)], closed: Step) -> String {
        var table = TextTable(head: [
            "offered/s", "sent/s", "goodput/s", "not processed", "refused otherwise", "failed", "late", "dropped",
            "p99",
        ])
        table.rows = steps.map { step, together in
            let tally = together.tally
            return [step.offered ?? 0, step.sent, step.goodput].map { NumberText.number($0.rounded()) }
                + [tally.notProcessed, tally.refused - tally.notProcessed, tally.failed, tally.late, tally.dropped]
                .map { NumberText.value(Double($0), unit: "1") }
                + [NumberText.value(tally.microseconds(99), unit: "µs")]
        }
        let passes = steps.first?.step.samples.count ?? 0
        return
            "The closed loop's answers: \(NumberText.number(closed.goodput.rounded()))/s. By what was offered, medians"
            + " and sums of \(passes) passes:\n" + table.plain
    }
}

extension Overload.Step {
    /// Sentences on whether the step was what it was meant to be; `together` are its passes.
    fileprivate func remarks(_ together: LoadSample, refused: Int) -> [String] {
        var remarks: [String] = []
        if !wasSent {
            let why =
                together.tally.dropped > 0
                ? "as many as the connections take were under way" : "the generator has no time for more"
            remarks.append(
                "At the last step \(NumberText.number(sent)) calls a second were sent of"
                    + " \(NumberText.number(offered ?? 0)): \(why). Goodput at this rate isn't judged.")
        }
        if refused == 0 {
            remarks.append("Nothing was refused: more connections (--connections) let more calls wait at the server.")
        }
        return remarks
    }
}
