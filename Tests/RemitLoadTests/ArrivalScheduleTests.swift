import Testing

@testable import remit_load

struct ArrivalScheduleTests {
    @Test("constant arrivals stand at even distances, without drift")
    func constant() {
        var schedule = ArrivalSchedule(.constant, rate: 3, seed: 1)
        let due = (0..<3_001).map { _ in schedule.next() }
        #expect(Array(due.prefix(4)) == [0, 333_333_333, 666_666_666, 1_000_000_000])
        #expect(due.last == 1_000_000_000_000)
    }

    @Test("Poisson arrivals keep the rate, and their gaps vary as much as they last")
    func poisson() {
        var schedule = ArrivalSchedule(.poisson, rate: 1_000, seed: 7)
        let due = (0..<20_000).map { _ in schedule.next() }
        #expect(due == due.sorted())
        let gaps = zip(due, due.dropFirst()).map { Double($1 - $0) }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(mean / 1_000_000 - 1) < 0.05)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
    }

    @Test("a seed repeats its arrivals")
    func repeats() {
        var first = ArrivalSchedule(.poisson, rate: 10, seed: 3)
        var second = ArrivalSchedule(.poisson, rate: 10, seed: 3)
        for _ in 0..<100 { #expect(first.next() == second.next()) }
    }
}
