import RemitAPI
import RemitDomain
import RemitRPC
import RemitWire

/// Serves the control plane; the tenancy interceptor lets administrators in alone.
struct TenantAdministration: TenantService {
    let core: ServiceCore

    func createTenant(_ request: CreateTenantRequest, _ call: UnaryCall<CreateTenantResponse>) {
        let scope = core.scope(of: call.context)
        let tenant: NewTenant
        let key: String?
        do throws(PaymentError) {
            key = try RequestField.idempotencyKey(call.context.idempotencyKey)
            tenant = try NewTenant(request)
        } catch {
            call.fail(RPCError(error))
            return
        }
        core.start(call) { [core] () throws(RPCError) in
            do throws(PaymentError) {
                let created = try await core.control.createTenant(tenant, by: scope.principal, key: key)
                return .with {
                    $0.tenant = RemitAPI.Tenant(created.tenant)
                    $0.apiKey = created.apiKey ?? ""
                }
            } catch {
                throw RPCError(error)
            }
        }
    }

    /// All tenants are in memory, so that a page needs no other thread.
    func listTenants(_ request: ListTenantsRequest, _ call: UnaryCall<ListTenantsResponse>) {
        let scope = core.scope(of: call.context)
        do throws(PaymentError) {
            let limit = try RequestField.pageSize(request.pageSize, standard: 25)
            var after = ""
            if !request.pageToken.isEmpty {
                after = try core.tokens.tenantName(request.pageToken, by: scope.principal)
            }
            let tenants = core.control.snapshot.tenants.values.filter { $0.name > after }.sorted { $0.name < $1.name }
            call.reply(
                .with {
                    $0.tenants = tenants.prefix(limit).map { RemitAPI.Tenant($0) }
                    if tenants.count > limit {
                        let last = tenants[limit - 1].name
                        $0.nextPageToken = core.tokens.token(forTenantAfter: last, by: scope.principal)
                    }
                })
        } catch {
            call.fail(RPCError(error))
        }
    }
}
