import Testing

@testable import remit_load

struct FairnessTests {
    @Test("is the slowest tenant against the median one")
    func index() {
        #expect(Fairness.index([10, 10, 10]) == 1)
        #expect(Fairness.index([10, 20, 60]) == 3)
        #expect(Fairness.index([10]) == nil && Fairness.index([]) == nil && Fairness.index([0, 0]) == nil)
    }

    @Test("tenants with few calls have no p99")
    func few() {
        let tenants = TenantLatencies(count: 3)
        for _ in 0..<Fairness.callsMin { tenants.record(2_000_000, tenant: 1) }
        for _ in 1..<Fairness.callsMin { tenants.record(9_000_000, tenant: 2) }
        #expect(tenants.p99s.count == 1)
        #expect(tenants.p99s.allSatisfy { abs($0 / 2_000 - 1) < 0.01 })
    }
}
