import RemitDomain
import RemitRPC
import RemitTenant
import RemitWire

/// What all services share: the ways to tenants and to the control plane, and the server's keys.
struct ServiceCore<Directory: TenantDoor, Control: ControlSource>: Sendable {
    let directory: Directory
    let control: Control
    let access: AccessTable
    let digestKey: SipHash.Key
    let tokens: PageTokens

    /// Who calls, for which tenant.
    func scope(of context: CallContext) -> Scope {
        guard let scope = access.scope(at: context.scope) else {
            preconditionFailure("The tenancy interceptor gives each call its scope before a service sees it.")
        }
        return scope
    }

    /// The tenant that a call of a tenant's method concerns.
    func tenant(_ scope: Scope) -> TenantID {
        guard let tenant = scope.tenant else {
            preconditionFailure("A tenant's method is admitted with a tenant.")
        }
        return tenant
    }

    /// Parses a mutation and hands it to its tenant; a request that is wrong is answered at once.
    func submit<Response, Parsed: ParsedVerb>(
        _ request: Parsed.Request, _ call: UnaryCall<Response>, as verb: Parsed.Type, carriesNextAction: Bool = false
    ) {
        let scope = scope(of: call.context)
        do throws(PaymentError) {
            let key = try RequestField.idempotencyKey(call.context.idempotencyKey)
            let parsed = try Parsed(request)
            var digester = FieldDigester(key: digestKey)
            parsed.digest(into: &digester)
            let requester = Requester(principal: scope.principal, key: key, digests: digester.digests)
            directory.submit(
                VerbCall(parsed, by: requester), from: .call(call.handle, carriesNextAction: carriesNextAction),
                to: tenant(scope))
        } catch {
            call.fail(RPCError(error))
        }
    }

    /// Parses a point read and hands it to its tenant.
    func submit<Response>(_ call: UnaryCall<Response>, _ read: (Scope) throws(PaymentError) -> ReadCall) {
        let scope = scope(of: call.context)
        do throws(PaymentError) {
            directory.submit(try read(scope), from: .call(call.handle), to: tenant(scope))
        } catch {
            call.fail(RPCError(error))
        }
    }

    /// Runs what can't be answered without waiting for another thread.
    func start<Response>(
        _ call: UnaryCall<Response>, _ body: @escaping @Sendable () async throws(RPCError) -> Response
    ) {
        startEncoded(call) { () throws(RPCError) in try await body().encoded() }
    }

    /// The same for a response whose bytes `body` makes itself.
    func startEncoded<Response>(
        _ call: UnaryCall<Response>, _ body: @escaping @Sendable () async throws(RPCError) -> [UInt8]
    ) {
        // A page or a new tenant is awaited, and a unary method has no task of its own; nothing cancels a page that is
        // being read: it ends by itself within its bound on rows, and a late answer is dropped.
        Task {
            guard call.begin() else { return }
            do throws(RPCError) {
                call.reply(encoded: try await body())
            } catch {
                call.fail(error)
            }
        }
    }
}
