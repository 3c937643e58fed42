import RemitRPC
import Testing

@testable import remit_load

struct OverloadTests {
    /// A second in which so many calls were answered, refused and said not to have run.
    private func step(_ offered: Double, good: Int, refused: Int = 0, notProcessed: Int = 0) -> Overload.Step {
        var sample = LoadSample(seconds: 1)
        sample.tally.answers = good
        sample.tally.sent = Int(offered)
        sample.tally.refused = refused
        sample.tally.notProcessed = notProcessed
        return Overload.Step(offered: offered, sample: sample)
    }

    @Test(
        "goodput at the last step must be nine tenths of the best of all",
        arguments: [(900, 1_000, true), (899, 1_000, false), (1_000, 1_100, true), (1_000, 1_200, false)])
    func goodput(last: Int, best: Int, isReached: Bool) throws {
        let steps = [step(500, good: 500), step(1_500, good: best), step(3_000, good: last)]
        let sample = Overload.judge(steps, borne: 900)
        let verdict = try #require(sample.verdicts.first)
        #expect(verdict.isReached == isReached)
        #expect(sample.others[.peak] == Double(best) && sample.others[.goodput] == Double(last))
    }

    @Test("a rate that the generator didn't reach is not judged, and that is said", arguments: [2_699, 2_700])
    func unsent(sent: Int) {
        var last = step(3_000, good: 1_000)
        last.sample.tally.sent = sent
        let sample = Overload.judge([last], borne: 1_000)
        #expect(sample.verdicts.isEmpty == (sent < 2_700))
        #expect(sample.remarks.contains { $0.hasSuffix("isn't judged.") } == (sent < 2_700))
    }

    @Test("the closed loop's figure is a peak too")
    func closedLoop() {
        let sample = Overload.judge([step(3_000, good: 850)], borne: 1_000)
        #expect(sample.others[.peak] == 1_000 && sample.verdicts[0].isReached == false)
    }

    @Test("one refusal without the word, at any step, misses the mark")
    func words() {
        let all = [step(2_000, good: 1_000, refused: 1_000, notProcessed: 1_000)]
        let verdicts = Overload.judge(all, borne: 1_000).verdicts
        #expect(verdicts.map(\.isReached) == [true, true])
        let one = [step(1_500, good: 1_000, refused: 500, notProcessed: 499)] + all
        #expect(Overload.judge(one, borne: 1_000).verdicts.map(\.isReached) == [true, false])
    }

    @Test("where nothing was refused it says so, and holds nothing against it")
    func nothingRefused() {
        let sample = Overload.judge([step(3_000, good: 1_000)], borne: 1_000)
        #expect(sample.verdicts.count == 1 && sample.remarks.contains { $0.hasPrefix("Nothing was refused") })
    }

    @Test("failures of every step count, and lines go over what was offered")
    func steps() {
        var first = step(1_000, good: 900)
        first.sample.tally.failed = 2
        var last = step(3_000, good: 900)
        last.sample.tally.failed = 1
        let sample = Overload.judge([first, last], borne: 900)
        #expect(sample.tally.failed == 3)
        #expect(sample.series.map(\.name) == ["goodput", "refused", "p99"])
        #expect(sample.series.allSatisfy { $0.x == "offered 1/s" && $0.points.map(\.x) == [1_000, 3_000] })
    }
}
