import RemitRPC
import Testing

@testable import remit_load

struct OverloadTests {
    /// A second in which so many calls were answered, refused and said not to have run.
    private func second(_ offered: Double, good: Int, refused: Int = 0, notProcessed: Int = 0) -> LoadSample {
        var sample = LoadSample(seconds: 1)
        sample.tally.answers = good
        sample.tally.sent = Int(offered)
        sample.tally.refused = refused
        sample.tally.notProcessed = notProcessed
        return sample
    }

    /// One pass of a step.
    private func step(_ offered: Double, good: Int, refused: Int = 0, notProcessed: Int = 0) -> Overload.Step {
        let sample = second(offered, good: good, refused: refused, notProcessed: notProcessed)
        return Overload.Step(offered: offered, samples: [sample])
    }

    /// Passes of the closed loop.
    private func closed(_ answers: Int...) -> Overload.Step {
        Overload.Step(samples: answers.map { second(0, good: $0) })
    }

    @Test(
        "goodput at the last step must be nine tenths of the best of all",
        arguments: [(900, 1_000, true), (899, 1_000, false), (1_000, 1_100, true), (1_000, 1_200, false)])
    func goodput(last: Int, best: Int, isReached: Bool) throws {
        let steps = [step(500, good: 500), step(1_500, good: best), step(3_000, good: last)]
        let sample = Overload.judge(steps, closed: closed(900), calls: .create)
        let verdict = try #require(sample.verdicts.first)
        #expect(verdict.isReached == isReached)
        #expect(sample.others[.peak] == Double(best) && sample.others[.goodput] == Double(last))
    }

    @Test("the best is so in the median of the passes, and each pass is held against its own")
    func passes() throws {
        let lucky = Overload.Step(offered: 1_000, samples: [500, 2_000, 500].map { second(1_000, good: $0) })
        let steady = Overload.Step(offered: 1_500, samples: [800, 1_000, 900].map { second(1_500, good: $0) })
        let last = Overload.Step(offered: 3_000, samples: [720, 1_000, 450].map { second(3_000, good: $0) })
        let sample = Overload.judge([lucky, steady, last], closed: closed(700, 700, 700), calls: .create)
        let verdict = try #require(sample.verdicts.first)
        #expect(verdict.values == [0.9, 1, 0.5] && verdict.isReached)
        #expect(sample.others[.peak] == 900 && sample.others[.goodput] == 720)
        #expect(sample.tally.answers == 2_170 && sample.seconds == 3)
    }

    @Test("a rate that the generator didn't reach is not judged, and that is said", arguments: [2_699, 2_700])
    func unsent(sent: Int) {
        var last = step(3_000, good: 1_000)
        last.samples[0].tally.sent = sent
        let sample = Overload.judge([last], closed: closed(1_000), calls: .create)
        #expect(sample.verdicts.isEmpty == (sent < 2_700))
        #expect(sample.remarks.contains { $0.hasSuffix("isn't judged.") } == (sent < 2_700))
    }

    @Test("the closed loop's figure is a peak too")
    func closedLoop() {
        let sample = Overload.judge([step(3_000, good: 850)], closed: closed(1_000), calls: .create)
        #expect(sample.others[.peak] == 1_000 && sample.verdicts[0].isReached == false)
    }

    @Test("one refusal without the word, at any step, misses the mark")
    func words() {
        let all = [step(2_000, good: 1_000, refused: 1_000, notProcessed: 1_000)]
        let verdicts = Overload.judge(all, closed: closed(1_000), calls: .create).verdicts
        #expect(verdicts.map(\.isReached) == [true, true])
        let one = [step(1_500, good: 1_000, refused: 500, notProcessed: 499)] + all
        #expect(Overload.judge(one, closed: closed(1_000), calls: .create).verdicts.map(\.isReached) == [true, false])
    }

    @Test("where nothing was refused it says so, and holds nothing against it")
    func nothingRefused() {
        let sample = Overload.judge([step(3_000, good: 1_000)], closed: closed(1_000), calls: .create)
        #expect(sample.verdicts.count == 1 && sample.remarks.contains { $0.hasPrefix("Nothing was refused") })
    }

    @Test("failures of every step count, and lines go over what was offered")
    func steps() {
        var first = step(1_000, good: 900)
        first.samples[0].tally.failed = 2
        var last = step(3_000, good: 900)
        last.samples[0].tally.failed = 1
        let sample = Overload.judge([first, last], closed: closed(900), calls: .create)
        #expect(sample.tally.failed == 3)
        #expect(sample.series.map(\.name) == ["goodput", "refused", "p99"])
        #expect(sample.series.allSatisfy { $0.x == "offered 1/s" && $0.points.map(\.x) == [1_000, 3_000] })
    }
}
