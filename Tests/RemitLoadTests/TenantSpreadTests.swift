import Testing

@testable import remit_load

struct TenantSpreadTests {
    @Test(
        "is read from its name",
        arguments: [
            ("single", .single), ("uniform", .uniform), ("turn", .turn), ("zipf", .zipf(1)), ("zipf:1.2", .zipf(1.2)),
            ("", nil), ("zipf:", nil), ("zipf:0", nil), ("zipf:11", nil), ("uniform:2", nil), ("heavy:10", .heavy(10)),
            ("heavy", nil),
            ("heavy:0.5", nil), ("Zipf", nil),
        ] as [(String, TenantSpread?)])
    func reading(text: String, spread: TenantSpread?) {
        #expect(TenantSpread(text) == spread)
        if let spread, text != "zipf:" { #expect(TenantSpread(spread.description) == spread) }
    }

    private func shares(_ spread: TenantSpread, count: Int, calls: Int = 200_000) -> [Double] {
        var chooser = TenantChooser(spread, count: count, seed: 11)
        var counts = [Int](repeating: 0, count: count)
        for _ in 0..<calls { counts[chooser.next()] += 1 }
        return counts.map { Double($0) / Double(calls) }
    }

    @Test("Zipf's tenant of rank k gets calls in proportion to 1 / k")
    func zipf() {
        let shares = shares(.zipf(1), count: 100)
        let sum = (1...100).reduce(0.0) { $0 + 1 / Double($1) }
        for rank in [1, 2, 3, 10] {
            let expected = 1 / Double(rank) / sum
            #expect(abs(shares[rank - 1] / expected - 1) < 0.06, "rank \(rank)")
        }
        #expect(shares.allSatisfy { $0 > 0 })
    }

    @Test("single, uniform and turn do what they say")
    func others() {
        #expect(shares(.single, count: 3, calls: 100) == [1, 0, 0])
        #expect(shares(.uniform, count: 10).allSatisfy { abs($0 - 0.1) < 0.01 })
        #expect(shares(.turn, count: 4, calls: 100) == [0.25, 0.25, 0.25, 0.25])
    }

    @Test("callers that go by turns share the tenants among them")
    func turns() {
        let chooser = TenantChooser(.turn, count: 5)
        var callers = (0..<2).map { chooser.copy(seed: 0, turn: $0) }
        let seen = (0..<5).flatMap { _ in callers.indices.map { callers[$0].next(step: 2) } }
        #expect(seen == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    }
}
