import Histogram
import Testing

@testable import remit_load

/// What calls take is recorded without growing anything.
struct EmptyHistogramTests {
    @Test("two minutes fit without growing, and more does too")
    func range() {
        for (empty, second) in [
            (EmptyHistogram.fine, 1_000_000_000), (EmptyHistogram.coarse, 1_000_000_000),
            (EmptyHistogram.microseconds, 1_000_000 as UInt64),
        ] {
            var histogram = empty
            #expect(histogram.totalCount == 0)
            for value in [0, 1, second, 120 * second] {
                let isTaken = histogram.record(value)
                #expect(isTaken)
            }
            #expect(histogram.highestTrackableValue == empty.highestTrackableValue)
            let isTaken = histogram.record(1_000 * second)
            #expect(isTaken && histogram.totalCount == 5)
            #expect(abs(Double(histogram.valueAtPercentile(60)) / Double(second) - 1) < 0.01)
        }
    }
}
