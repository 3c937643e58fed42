import Testing

@testable import remit_load

struct NoisyNeighbourTests {
    private func sample(p99: Double, good: Int = 100) -> LoadSample {
        var sample = LoadSample(seconds: 1)
        sample.othersThanFirst = NoisyNeighbour.Others(good: good, p50: 1, p99: p99, misses: 0)
        return sample
    }

    @Test("the others' p99 may grow by half", arguments: [(1_500, true), (1_501, false), (900, true)])
    func ratio(with: Double, isReached: Bool) throws {
        let sample = try NoisyNeighbour.judge(
            quiet: [sample(p99: 1_000)], noisy: [sample(p99: with)], calls: .create, rate: 100, borne: 200, tenants: 20)
        #expect(sample.others[.noisyP99] == with && sample.others[.quietP99] == 1_000)
        #expect(sample.verdicts.map(\.isReached) == [isReached])
    }

    @Test("each round has its ratio, and the median is judged: one stall of the disk is no verdict")
    func rounds() throws {
        let quiet = [1_000.0, 2_000, 1_000].map { sample(p99: $0) }
        let noisy = [1_200.0, 2_000, 9_000].map { sample(p99: $0) }
        let judged = try NoisyNeighbour.judge(
            quiet: quiet, noisy: noisy, calls: .create, rate: 100, borne: nil, tenants: 20)
        let verdict = try #require(judged.verdicts.first)
        #expect(verdict.values == [1.2, 1, 9] && verdict.isReached)
        #expect(judged.seconds == 3)
    }

    @Test("without the others' answers there is no verdict")
    func nothing() {
        #expect(throws: LoadFailure.self) {
            try NoisyNeighbour.judge(
                quiet: [sample(p99: 1_000)], noisy: [sample(p99: 0, good: 0)], calls: .create, rate: 100, borne: nil,
                tenants: 20)
        }
    }

    @Test("the first tenant's calls are no others'")
    func others() {
        let latencies = TenantLatencies(count: 3)
        latencies.record(900_000_000, tenant: 0)
        for _ in 0..<50 {
            latencies.record(1_000_000, tenant: 1)
            latencies.record(2_000_000, tenant: 2)
        }
        latencies.recordMiss(tenant: 0)
        latencies.recordMiss(tenant: 2)
        let others = latencies.together(1..<3)
        #expect(others.good == 100 && others.misses == 1)
        #expect(abs(others.p50 / 1_000 - 1) < 0.02 && abs(others.p99 / 2_000 - 1) < 0.02)
    }

    @Test("a noisy tenant's calls come on top: the others' own rate stays")
    func shares() {
        var chooser = TenantChooser(.heavy(10), count: 20, seed: 5)
        var counts = [Int](repeating: 0, count: 20)
        for _ in 0..<290_000 { counts[chooser.next()] += 1 }
        #expect(abs(Double(counts[0]) / 100_000 - 1) < 0.03)
        #expect(counts.dropFirst().allSatisfy { abs(Double($0) / 10_000 - 1) < 0.08 })
    }
}
