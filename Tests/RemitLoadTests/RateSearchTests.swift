import Testing

@testable import remit_load

struct RateSearchTests {
    /// Rates that are measured when all up to `limit` hold.
    private func rates(_ limit: Double, from: Double = 100, rateMax: Double = 10_000) -> ([Double], Double?) {
        var search = RateSearch(from: from, rateMax: rateMax, precision: 0.05)
        var rates: [Double] = []
        while case .measure(let rate) = search.next {
            rates.append(rate)
            search.found(holds: rate <= limit)
            if rates.count > 100 { break }
        }
        guard case .done(let held) = search.next else { return (rates, -1) }
        return (rates, held)
    }

    @Test("doubles, then halves the gap, and ends within a twentieth", arguments: [100, 101, 150, 777, 1_600, 9_999])
    func converges(limit: Double) throws {
        let (rates, found) = rates(limit)
        let held = try #require(found)
        #expect(held <= limit && held >= limit / 1.0501)
        #expect(rates.count < 30)
    }

    @Test("a rate that doesn't hold is tried once more")
    func secondTry() {
        #expect(rates(150).0.prefix(4) == [100, 200, 200, 150])
        var search = RateSearch(from: 100, rateMax: 10_000, precision: 0.05)
        search.found(holds: false)
        search.found(holds: true)
        #expect(search.next == .measure(200))
    }

    @Test("goes below the first rate, and gives up where nothing holds")
    func below() {
        #expect((rates(30).1 ?? 0) >= 28)
        #expect(rates(0).1 == nil)
    }

    @Test("ends at the highest rate that is allowed")
    func highest() {
        let (rates, found) = rates(.infinity, rateMax: 500)
        #expect(rates == [100, 200, 400, 500] && found == 500)
    }
}
