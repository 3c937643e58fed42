import Testing

@testable import remit_load

struct SpreadTests {
    @Test(
        "its median is the middle of the values",
        arguments: [([5], 5), ([1, 9], 5), ([9, 1, 2], 2), ([4, 1, 2, 3], 2.5)] as [([Double], Double)])
    func median(values: [Double], median: Double) throws {
        let spread = try #require(Spread(values))
        #expect(spread.median == median)
        #expect(spread.low == values.min())
        #expect(spread.high == values.max())
        #expect(spread.values == values)
    }

    @Test("its per cent are half the distance, of the median")
    func percent() throws {
        #expect(try #require(Spread([90, 100, 110])).percent == 10)
        #expect(try #require(Spread([0, 0])).percent == 0)
        #expect(try #require(Spread([0, 1e-300, 1e300])).percent == 1_000_000)
    }
}
