import Testing

@testable import remit_load

struct SweepTests {
    private let target = LatencyTarget(microseconds: 10_000)

    private func sample(p99: UInt64, refused: Int = 0, dropped: Int = 0, failed: Int = 0) -> LoadSample {
        let recorder = Recorder(Window(from: 0, warmUp: .zero, duration: .seconds(1)))
        for _ in 0..<100 { recorder.record(.good, intended: 0, end: p99 * 1_000, tenant: 0) }
        var sample = LoadSample(seconds: 1)
        sample.tally = recorder.counted
        sample.tally.refused = refused
        sample.tally.dropped = dropped
        sample.tally.failed = failed
        return sample
    }

    @Test("a rate holds when 99 of 100 calls were answered in time and none failed")
    func holds() {
        #expect(Sweep.holds(sample(p99: 9_900), target))
        #expect(!Sweep.holds(sample(p99: 10_200), target))
        #expect(Sweep.holds(sample(p99: 1, refused: 1), target))
        #expect(!Sweep.holds(sample(p99: 1, refused: 2), target))
        #expect(!Sweep.holds(sample(p99: 1, refused: 1, dropped: 1), target))
        #expect(!Sweep.holds(sample(p99: 1, failed: 1), target))
        #expect(!Sweep.holds(LoadSample(seconds: 1), target))
    }

    @Test("the figures are those of the highest rate that held, the lines go over all")
    func judge() {
        let steps = [(500.0, true), (1_000, true), (2_000, false), (1_500, false)].map { rate, holds in
            Sweep.Step(rate: rate, sample: sample(p99: UInt64(rate)), holds: holds)
        }
        let found = Sweep.judge(steps, target)
        #expect(found.others[.rateFound] == 1_000 && abs(found.tally.microseconds(99) / 1_000 - 1) < 0.01)
        #expect(found.series[0].points.map(\.x) == [500, 1_000, 1_500, 2_000])
        let none = Sweep.judge(steps.filter { !$0.holds }, target)
        #expect(none.others[.rateFound] == nil && none.tally.good == 0)
    }

    @Test(
        "a target is read with its unit",
        arguments: [
            ("500us", 500), ("10ms", 10_000), ("2s", 2_000_000), ("1.5ms", 1_500), ("10", nil), ("0ms", nil),
            ("ms", nil), ("90s", nil),
        ] as [(String, Double?)])
    func target(text: String, microseconds: Double?) {
        #expect(LatencyTarget(argument: text)?.microseconds == microseconds)
    }
}
