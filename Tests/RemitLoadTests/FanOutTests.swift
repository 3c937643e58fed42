import Testing

@testable import remit_load

struct FanOutTests {
    private let second: UInt64 = 1_000_000_000
    private let window = Window(from: 0, warmUp: .zero, duration: .seconds(10))

    private func seen(_ receipts: [(String, UInt64)], misplaced: Int = 0) -> FanOut.Seen {
        FanOut.Seen(receipts: receipts.map { FanOut.Receipt(payment: $0, at: $1) }, misplaced: misplaced)
    }

    @Test("latency goes from the answer to the arrival, and an early arrival counts as none")
    func latency() {
        let answers = ["a": second, "b": 2 * second]
        let readers = [
            seen([("a", second + 3_000_000), ("b", 2 * second - 1)]),
            seen([("other", 5), ("a", second + 3_000_000), ("b", 2 * second + 3_000_000)]),
        ]
        let sample = FanOut.judge(LoadSample(seconds: 10), answers, readers, window)
        #expect(sample.tally.good == 4 && sample.tally.answers == 4 && sample.tally.failed == 0)
        #expect(abs(sample.tally.microseconds(50) / 3_000 - 1) < 0.01)
        #expect(sample.tally.microseconds(25) == 0)
    }

    @Test("what a reader lacks, or gets out of order, is a failure")
    func lost() {
        let answers = ["a": second, "b": second]
        let readers = [seen([("a", second)]), seen([("b", second), ("a", second)], misplaced: 2)]
        #expect(FanOut.judge(LoadSample(seconds: 10), answers, readers, window).tally.failed == 3)
    }

    @Test("the warm-up's events must come, and have no latency")
    func warmUp() {
        let window = Window(from: 0, warmUp: .seconds(2), duration: .seconds(1))
        let answers = ["a": second]
        let came = FanOut.judge(LoadSample(seconds: 1), answers, [seen([("a", second)])], window)
        #expect(came.tally.good == 0 && came.tally.failed == 0)
        #expect(FanOut.judge(LoadSample(seconds: 1), answers, [seen([])], window).tally.failed == 1)
    }
}
