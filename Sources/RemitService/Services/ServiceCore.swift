import RemitDomain
import RemitRPC
import RemitTenant
import RemitWire

/// What all services share: the ways to tenants and to the control plane, and the server's keys.
struct ServiceCore: Sendable {
    let directory: any TenantDoor
    let control: any ControlSource
    let access: AccessTable
    let digestKey: SipHash.Key
    let tokens: PageTokens

    /// Who calls, for which tenant.
    func scope(of context: CallContext) -> Scope { scope(at: context.scope) }

    private func scope(at place: UInt32) -> Scope {
        guard let scope = access.scope(at: place) else {
            preconditionFailure("The tenancy interceptor gives each call its scope before a service sees it.")
        }
        return scope
    }

    /// Where the calls of a sink's read gather; nil where calls come one by one.
    private func gather(of sink: ReplySink) -> CallGather? {
        guard sink.isGathering else { return nil }
        if let known = sink.gathering as? CallGather { return known }
        let gather = CallGather(of: sink, directory: directory) { tenant(scope(at: $0)) }
        sink.gathering = gather
        return gather
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
            let caller = Caller.call(call.handle, carriesNextAction: carriesNextAction)
            if let gather = gather(of: call.handle.sink) {
                gather.submit(VerbCall(parsed, by: requester), from: caller, place: call.context.scope)
            } else {
                directory.submit(VerbCall(parsed, by: requester), from: caller, to: tenant(scope))
            }
        } catch {
            call.fail(RPCError(error))
        }
    }

    /// Parses a point read and hands it to its tenant.
    func submit<Response>(_ call: UnaryCall<Response>, _ read: (Scope) throws(PaymentError) -> ReadCall) {
        let scope = scope(of: call.context)
        do throws(PaymentError) {
            let read = try read(scope)
            if let gather = gather(of: call.handle.sink) {
                gather.submit(read, from: .call(call.handle), place: call.context.scope)
            } else {
                directory.submit(read, from: .call(call.handle), to: tenant(scope))
            }
        } catch {
            call.fail(RPCError(error))
        }
    }

    /// Hands a get to its tenant; `key` is a plain text that a payment may have in `field`.
    func get(_ field: PaymentGets.Field, _ key: Span<UInt8>, _ context: CallContext, _ call: CallHandle) {
        if let gather = gather(of: call.sink) {
            gather.get(field, key, call.id, place: context.scope)
        } else {
            var batch = CallBatch()
            batch.get(field, key, slot: call.id.slot, generation: call.id.generation, of: call.sink)
            directory.submit(batch, to: tenant(scope(of: context)))
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
