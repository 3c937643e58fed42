import RemitAPI
import RemitClient
import RemitRPC
import RemitWire

/// Makes what scenarios need before anything is measured.
struct LoadSetup: Sendable {
    /// What must be there.
    struct Needs: Sendable {
        /// 0: the API key's own tenant alone.
        var tenants = 0
        var customers = false
        /// In all tenants together, at least one in each.
        var payments = 0
        /// Captured at Stripe, the same.
        var captured = 0
    }

    let target: TargetOptions.Target
    let connections: Int
    let report: @Sendable (String) -> Void

    /// Calls in flight while things are made.
    private static let width = 64

    /// Adds to the stock what it lacks.
    func fill(_ stock: inout LoadStock, _ needs: Needs) async throws {
        if needs.tenants > stock.tenants.count || stock.tenants.isEmpty { try await makeTenants(&stock, needs) }
        let clients = try await target.connect(connections, apiKey: stock.apiKey)
        defer { report("") }
        let width = max(1, needs.tenants)
        let perTenant = Needs(
            customers: needs.customers, payments: (needs.payments + width - 1) / width,
            captured: (needs.captured + width - 1) / width)
        // One tenant is filled by many; many are filled side by side, each by one, so that each is opened once.
        if stock.tenants.count == 1 {
            stock.tenants[0] = try await filled(stock.tenants[0], perTenant, clients, width: Self.width)
        } else {
            try await fillAll(&stock, perTenant, clients)
        }
        for client in clients { await client.close() }
    }

    // MARK: - Tenants

    private func makeTenants(_ stock: inout LoadStock, _ needs: Needs) async throws {
        guard needs.tenants > 0 else {
            stock.tenants = [LoadTenant(id: target.tenant)]
            return
        }
        guard let adminKey = target.adminKey else {
            throw LoadFailure(
                "Tenants are made with an administrator's key. Pass --admin-key-file (`remit init` shows the key;"
                    + " `remit serve --dev` keeps it in .remit/admin.key).")
        }
        let client = try await target.connect(1, apiKey: adminKey)[0]
        let tenants = TenantServiceClient(client)
        if stock.tenants.isEmpty {
            let first = try await create(1, stock.prefix, sharedWith: "", tenants)
            guard !first.apiKey.isEmpty else {
                throw LoadFailure("Tenants named \(stock.prefix)-… are there, and their key is known to --keep only.")
            }
            stock.apiKey = first.apiKey
            stock.tenants = [LoadTenant(id: first.tenant?.id ?? "")]
        }
        let prefix = stock.prefix
        let owner = stock.tenants[0].id
        var number = stock.tenants.count
        while number < needs.tenants {
            report("making tenants: \(number) of \(needs.tenants)")
            let batch = (number + 1)...min(number + 100, needs.tenants)
            let made = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in batch {
                    group.addTask {
                        let made = try await create(number, prefix, sharedWith: owner, tenants)
                        return (number, made.tenant?.id ?? "")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            stock.tenants += made.sorted { $0.0 < $1.0 }.map { LoadTenant(id: $0.1) }
            number = batch.upperBound
        }
        await client.close()
    }

    private func create(
        _ number: Int, _ prefix: String, sharedWith: String, _ tenants: TenantServiceClient<RemitClient>
    ) async throws(RPCError) -> CreateTenantResponse {
        var request = CreateTenantRequest()
        request.name = "\(prefix)-\(number)"
        request.defaultCurrency = "usd"
        request.stripeSecretKey = target.stripeKey ?? ""
        request.sharedWith = sharedWith
        return try await tenants.createTenant(request)
    }

    // MARK: - What lies in them

    private func fillAll(_ stock: inout LoadStock, _ needs: Needs, _ clients: [RemitClient]) async throws {
        let tenants = stock.tenants
        let all = tenants.count
        stock.tenants = try await withThrowingTaskGroup(of: (Int, LoadTenant).self) { group in
            var filled = tenants
            var next = 0
            var done = 0
            while done < all {
                while next < all, next - done < Self.width {
                    let (index, tenant, client) = (next, tenants[next], clients[next % clients.count])
                    group.addTask { (index, try await self.filled(tenant, needs, [client], width: 1)) }
                    next += 1
                }
                guard let (index, tenant) = try await group.next() else { break }
                filled[index] = tenant
                done += 1
                if done.isMultiple(of: 100) { report("filling tenants: \(done) of \(all)") }
            }
            return filled
        }
    }

    private func filled(
        _ tenant: LoadTenant, _ needs: Needs, _ clients: [RemitClient], width: Int
    ) async throws -> LoadTenant {
        var tenant = tenant
        let options = CallOptions(tenant: tenant.id)
        if tenant.customer.isEmpty, needs.customers || needs.payments > tenant.payments.count {
            var request = CreateCustomerRequest()
            request.name = "Load"
            request.email = "load@example.com"
            let answer = try await CustomerServiceClient(clients[0]).createCustomer(request, options: options)
            tenant.customer = answer.customer?.id ?? ""
        }
        let run = RunName.next()
        let create = CreateScenario(tenants: [tenant], run: run)
        tenant.payments += try await ids(needs.payments - tenant.payments.count, clients, width, "making payments") {
            number, client throws(RPCError) in
            let call = create.call(number, tenant: 0)
            let answer = try await client.unary(call.method, request: call.request.encoded(), options: call.options)
            return try create.payment(in: answer.message.span, number).id
        }
        let process = ProcessScenario(tenants: [tenant], run: run + "c", amount: RefundScenario.paymentAmount)
        tenant.captured += try await ids(needs.captured - tenant.captured.count, clients, width, "charging payments") {
            number, client throws(RPCError) in
            let call = process.call(number, tenant: 0)
            let answer = try await client.unary(call.method, request: call.request.encoded(), options: call.options)
            return try process.payment(in: answer.message.span, number).id
        }
        return tenant
    }

    /// Makes `count` things, `width` at once.
    private func ids(
        _ count: Int, _ clients: [RemitClient], _ width: Int, _ what: String,
        _ make: @escaping @Sendable (Int, RemitClient) async throws(RPCError) -> String
    ) async throws -> [String] {
        guard count > 0 else { return [] }
        return try await withThrowingTaskGroup(of: [String].self) { group in
            let workers = min(width, count)
            for worker in 0..<workers {
                group.addTask {
                    var ids: [String] = []
                    for number in stride(from: worker, to: count, by: workers) {
                        ids.append(try await make(number, clients[worker % clients.count]))
                        if worker == 0, workers > 1, ids.count.isMultiple(of: 100) {
                            report("\(what): \(number) of \(count)")
                        }
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
