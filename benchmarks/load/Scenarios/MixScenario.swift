import RemitRPC

/// Four reads for each create, as a shop has them.
struct MixScenario: Scenario {
    private let get: GetScenario
    private let create: CreateScenario

    init(tenants: [LoadTenant], run: String) {
        get = GetScenario(tenants: tenants)
        create = CreateScenario(tenants: tenants, run: run)
    }

    func call(_ number: Int, tenant: Int) -> LoadCall {
        isCreate(number) ? create.call(number, tenant: tenant) : get.call(number, tenant: tenant)
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        if isCreate(number) {
            try create.check(answer, info, to: number, tenant: tenant)
        } else {
            try get.check(answer, info, to: number, tenant: tenant)
        }
    }

    /// A fifth, and no caller of a closed loop, whose numbers are so many apart, gets creates or reads alone.
    private func isCreate(_ number: Int) -> Bool {
        var generator = SeededGenerator(seed: UInt64(number))
        return generator.next() % 5 == 0
    }
}
