import Testing

@testable import remit_load

struct AxisTests {
    @Test("values lie between its ends, and nothing beyond them")
    func positions() {
        let linear = Axis(linear: 0, 200)
        #expect([-1, 0, 50, 200, 500].map(linear.position) == [0, 0, 25, 100, 100])
        let logarithmic = Axis(logarithmic: 1, 100)
        #expect([-1, 0, 1, 10, 100, 500].map(logarithmic.position) == [0, 0, 0, 50, 100, 100])
    }

    @Test("an axis without length has one")
    func empty() {
        #expect(Axis(linear: 3, 3).position(3) == 0)
        #expect(Axis(showing: []).position(1) == 100)
        #expect(Axis(showing: [0, 0]).ticks.first == 0)
        #expect(Axis(showing: [5]).position(5) == 100)
    }

    @Test("its lines are drawn at round values")
    func ticks() {
        #expect(Axis(linear: 0, 100).ticks == [0, 20, 40, 60, 80, 100])
        #expect(Axis(linear: 0, 12_500).ticks == [0, 2_500, 5_000, 7_500, 10_000, 12_500])
        #expect(Axis(logarithmic: 1, 20).ticks == [1, 2, 5, 10, 20])
        #expect(Axis(logarithmic: 1, 100_000).ticks == [1, 10, 100, 1_000, 10_000, 100_000])
    }

    @Test("what lies far apart is shown by factors")
    func logarithmic() {
        #expect(!Axis(showing: [1, 100]).isLogarithmic)
        #expect(Axis(showing: [2, 300]) == Axis(logarithmic: 1, 1_000))
        #expect(!Axis(showing: [0, 300]).isLogarithmic)
    }
}
