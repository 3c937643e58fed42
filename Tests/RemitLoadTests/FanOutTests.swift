import Testing

@testable import remit_load

struct FanOutTests {
    private let second: UInt64 = 1_000_000_000
    private let window = Window(from: 0, warmUp: .zero, duration: .seconds(10))

    /// What readers make of receipts when all is answered at the end.
    private func judge(
        _ answers: KeyValuePairs<String, UInt64>, _ readers: [[(String, UInt64)]], misplaced: Int = 0,
        _ window: Window? = nil
    ) -> LoadSample {
        let book = FanOut.Book(window ?? self.window)
        for (payment, moment) in answers { book.record(payment, answeredAt: moment) }
        for (index, reader) in readers.enumerated() {
            var receipts = reader.map { FanOut.Receipt(payment: $0, at: $1) }
            book.settle(&receipts, misplaced: index == 0 ? misplaced : 0)
        }
        return book.sample(of: LoadSample(seconds: 10), readers: readers.count)
    }

    @Test("latency goes from the answer to the arrival, and an early arrival counts as none")
    func latency() {
        let readers = [
            [("a", second + 3_000_000), ("b", 2 * second - 1)],
            [("other", 5), ("a", second + 3_000_000), ("b", 2 * second + 3_000_000)],
        ]
        let sample = judge(["a": second, "b": 2 * second], readers)
        #expect(sample.tally.good == 4 && sample.tally.answers == 4 && sample.tally.failed == 0)
        #expect(abs(sample.tally.microseconds(50) / 3_000 - 1) < 0.01)
        #expect(sample.tally.microseconds(25) == 0)
    }

    @Test("what a reader lacks, or gets out of order, is a failure")
    func lost() {
        let readers = [[("a", second)], [("b", second), ("a", second)]]
        #expect(judge(["a": second, "b": second], readers, misplaced: 2).tally.failed == 3)
    }

    @Test("the warm-up's events must come, and have no latency")
    func warmUp() {
        let window = Window(from: 0, warmUp: .seconds(2), duration: .seconds(1))
        let came = judge(["a": second], [[("a", second)]], window)
        #expect(came.tally.good == 0 && came.tally.failed == 0)
        #expect(judge(["a": second], [[]], window).tally.failed == 1)
    }

    @Test("an event that comes before its payment's answer is kept until that is there, and counts as none")
    func early() {
        let book = FanOut.Book(window)
        var receipts = [FanOut.Receipt(payment: "a", at: second), FanOut.Receipt(payment: "b", at: second)]
        book.settle(&receipts, misplaced: 0)
        #expect(receipts.map(\.payment) == ["a", "b"])
        book.record("b", answeredAt: 2 * second)
        book.settle(&receipts, misplaced: 0)
        #expect(receipts.map(\.payment) == ["a"])
        book.record("a", answeredAt: 2 * second)
        book.settle(&receipts, misplaced: 0)
        #expect(receipts.isEmpty)
        let sample = book.sample(of: LoadSample(seconds: 10), readers: 1)
        #expect(sample.tally.good == 2 && sample.tally.failed == 0 && sample.tally.microseconds(100) == 0)
    }

    @Test("a reader keeps few receipts, however many come, and however many of them are another writer's")
    func bound() {
        let book = FanOut.Book(window)
        var shelf = FanOut.Shelf()
        var kept = 0
        for index in 0..<20_000 {
            let payment = "payment \(index)"
            if index % 2 == 0 { book.record(payment, answeredAt: second) }
            shelf.add(FanOut.Receipt(payment: payment, at: second), isNext: index % 5_000 > 0, book)
            kept = max(kept, shelf.receipts.count)
        }
        #expect(kept <= FanOut.Reading.unansweredMax + FanOut.Reading.settledTogether)
        shelf.settle(in: book)
        let sample = book.sample(of: LoadSample(seconds: 10), readers: 1)
        #expect(sample.tally.good == 10_000)
        #expect(sample.tally.failed == 4, "those out of order")
    }
}
