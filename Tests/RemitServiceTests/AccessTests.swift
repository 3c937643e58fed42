import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTenant
import RemitTesting
import RemitWire
import Synchronization
import Testing

/// Who may call what: keys, tenants, scopes.
struct AccessTests {
    private final class Revocation: Sendable {
        let isDone = Atomic<Bool>(false)
    }

    private let bench = ServiceBench()

    init() {
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: nil, replayed: false))
    }

    private func get(_ key: String, tenant: String? = nil) async throws -> TenantID? {
        let options = CallOptions(tenant: tenant)
        _ = try await bench.payments(key).getPayment(.with { $0.key = .id("payment_1") }, options: options)
        return bench.directory.entries.last?.tenant
    }

    @Test("a missing, wrong or overlong credential is UNAUTHENTICATED")
    func credentials() {
        let authenticator = bench.services.router.authenticator
        let wrong: [(Credential, String)] = [
            (.anonymous, "credential_missing"), (.apiKey("key-nobody"), "credential_wrong"),
            (.apiKey(""), "credential_wrong"), (.apiKey(String(repeating: "k", count: 513)), "credential_wrong"),
            (.certificate([1]), "credential_unsupported"),
        ]
        for (credential, reason) in wrong {
            let error = #expect(throws: RPCError.self) { try authenticator.identity(for: credential) }
            #expect(error?.code == .unauthenticated && error?.reason == reason && error?.notProcessed == true)
            #expect(error?.message.contains("key-nobody") == false)
        }
    }

    @Test("a key has 512 bytes at most")
    func longKeys() throws {
        let sizeMax = AccessTable.keyBytesMax
        let authenticator = bench.services.router.authenticator
        for size in [sizeMax, sizeMax + 1] {
            let key = String(repeating: "k", count: size)
            bench.control.change { $0.keys[FixedControl.hash(key)] = PrincipalID("principal_ours") }
            if size == sizeMax {
                _ = try authenticator.identity(for: .apiKey(key))
            } else {
                let error = #expect(throws: RPCError.self) { try authenticator.identity(for: .apiKey(key)) }
                #expect(error?.reason == "credential_wrong")
            }
        }
        #expect(sizeMax == 512)
    }

    @Test("one key gives one identity; an identity that was never given is not valid")
    func identities() throws {
        let authenticator = bench.services.router.authenticator
        let first = try authenticator.identity(for: .apiKey("key-ours"))
        #expect(try authenticator.identity(for: .apiKey("key-ours")) == first)
        #expect(try authenticator.identity(for: .apiKey("key-theirs")) != first)
        #expect(authenticator.isValid(first))
        #expect(!authenticator.isValid(Identity(index: 99, generation: 1)))
        #expect(!authenticator.isValid(Identity(index: first.index, generation: first.generation + 1)))
    }

    @Test("a principal with one tenant needn't name it, and may by id or name")
    func onlyTenant() async throws {
        #expect(try await get("key-ours") == FixedControl.ours)
        #expect(try await get("key-ours", tenant: "ours") == FixedControl.ours)
        #expect(try await get("key-ours", tenant: "tenant_ours") == FixedControl.ours)
        #expect(try await get("key-theirs") == FixedControl.theirs)
    }

    @Test("a principal with several tenants names one")
    func severalTenants() async throws {
        let error = try await refusal { try await get("key-both") }
        #expect(error.code == .invalidArgument && error.reason == "tenant_needed" && error.field == "tenant")
        #expect(try await get("key-both", tenant: "second") == FixedControl.second)
        #expect(try await get("key-both", tenant: "tenant_ours") == FixedControl.ours)
    }

    @Test("a foreign tenant and one that doesn't exist are refused alike")
    func foreignTenant() async throws {
        let foreign = try await refusal { try await get("key-ours", tenant: "tenant_theirs") }
        let byName = try await refusal { try await get("key-ours", tenant: "theirs") }
        let missing = try await refusal { try await get("key-ours", tenant: "nowhere") }
        #expect(foreign.code == .permissionDenied && foreign.notProcessed)
        #expect(foreign == missing && byName == missing)
        let none = try await refusal { try await get("key-admin") }
        #expect(none == missing, "an administrator has no tenant's data")
        #expect(bench.directory.entries.isEmpty)
    }

    @Test("a revoked key stops at its next call, and works again under a new identity")
    func revocation() async throws {
        let channel = PaymentServiceClient(try bench.channel("key-ours"))
        let request = GetPaymentRequest.with { $0.key = .id("payment_1") }
        _ = try await channel.getPayment(request)
        bench.control.change { $0.keys[FixedControl.hash("key-ours")] = nil }
        let error = try await refusal { try await channel.getPayment(request) }
        #expect(error.code == .unauthenticated && error.reason == "credential_revoked" && error.notProcessed)
        bench.control.change { $0.keys[FixedControl.hash("key-ours")] = PrincipalID("principal_ours") }
        let still = try await refusal { try await channel.getPayment(request) }
        #expect(still.code == .unauthenticated, "an old connection doesn't come back to life")
        #expect(try await get("key-ours") == FixedControl.ours)
    }

    @Test("a key that moves to another principal ends the identity it had")
    func movedKey() async throws {
        let channel = PaymentServiceClient(try bench.channel("key-ours"))
        bench.control.change { $0.keys[FixedControl.hash("key-ours")] = PrincipalID("principal_theirs") }
        let error = try await refusal { try await channel.getPayment(.with { $0.key = .id("p") }) }
        #expect(error.code == .unauthenticated)
        #expect(try await get("key-ours") == FixedControl.theirs)
    }

    @Test("a tenant that is taken away, suspended or being made is refused from the next call on")
    func tenantStates() async throws {
        #expect(try await get("key-ours") == FixedControl.ours)
        bench.control.change { $0.setState(.suspended, of: FixedControl.ours) }
        #expect(try await refusal { try await get("key-ours") }.reason == "tenant_suspended")
        bench.control.change { $0.setState(.creating, of: FixedControl.ours) }
        let creating = try await refusal { try await get("key-ours") }
        #expect(creating.code == .unavailable && creating.notProcessed && creating.retryAfterMilliseconds != nil)
        bench.control.change { $0.setState(.deleted, of: FixedControl.ours) }
        #expect(try await refusal { try await get("key-ours") }.reason == "tenant_denied")
        bench.control.change {
            $0.setState(.active, of: FixedControl.ours)
            $0.principals[PrincipalID("principal_ours")]?.tenants = []
        }
        #expect(try await refusal { try await get("key-ours") }.reason == "tenant_denied")
    }

    @Test("what a connection was let in for doesn't outlive a change of the tenant's state or the caller's rights")
    func rememberedAccess() async throws {
        let payments = try bench.payments("key-both")
        let request = GetPaymentRequest.with { $0.key = .id("payment_1") }
        let echo = DiagnosticsServiceClient(try bench.channel("key-ours"))
        let tenants = try bench.tenants("key-admin")
        func getOurs() async throws { _ = try await payments.getPayment(request, options: CallOptions(tenant: "ours")) }
        // The second time from what the first one left behind.
        for _ in 0..<2 {
            try await getOurs()
            _ = try await echo.echo(.init())
            _ = try await tenants.listTenants(.init())
        }
        bench.control.change { $0.setState(.suspended, of: FixedControl.ours) }
        #expect(try await refusal { try await getOurs() }.reason == "tenant_suspended")
        #expect(try await refusal { try await echo.echo(.init()) }.reason == "tenant_suspended")
        bench.control.change { $0.setState(.active, of: FixedControl.ours) }
        try await getOurs()
        bench.control.change { $0.principals[PrincipalID("principal_both")]?.tenants = [FixedControl.second] }
        #expect(try await refusal { try await getOurs() }.reason == "tenant_denied")
        bench.control.change { $0.principals[PrincipalID("principal_admin")]?.isAdmin = false }
        #expect(try await refusal { try await tenants.listTenants(.init()) }.reason == "admin_needed")
        #expect(bench.directory.entries.count == 3)
    }

    @Test("of many callers at once none gets in after their key was revoked, and all do while other keys change")
    func concurrentRevocation() async throws {
        let callers = 4
        let channel = try bench.channel("key-ours")
        let began = TestSignal<Void>()
        let revocation = Revocation()
        try await withThrowingTaskGroup { group in
            for _ in 0..<callers {
                group.addTask {
                    let echo = DiagnosticsServiceClient(channel)
                    for turn in 0... {
                        // Read before the call: what was revoked then must not answer.
                        let mustFail = revocation.isDone.load(ordering: .acquiring)
                        do throws(RPCError) {
                            _ = try await echo.echo(.init())
                            if mustFail { return false }
                        } catch {
                            return error.reason == "credential_revoked" && error.notProcessed
                        }
                        if turn == 50 { began.send(()) }
                        // An echo is answered at once: without this, callers would keep the threads to themselves.
                        await Task.yield()
                    }
                    return false
                }
            }
            for _ in 0..<callers { await began.next() }
            for number in 0..<20 {
                bench.control.change { $0.keys[FixedControl.hash("key-\(number)")] = PrincipalID("principal_theirs") }
            }
            bench.control.change { $0.keys[FixedControl.hash("key-ours")] = nil }
            revocation.isDone.store(true, ordering: .releasing)
            for try await wasRefused in group { #expect(wasRefused) }
        }
    }

    @Test("control methods need the scope admin")
    func admin() async throws {
        let error = try await refusal { try await bench.tenants("key-ours").listTenants(.init()) }
        #expect(error.code == .permissionDenied && error.reason == "admin_needed")
        let create = try await refusal { try await bench.tenants("key-both").createTenant(.with { $0.name = "acme" }) }
        #expect(create.reason == "admin_needed")
        #expect(bench.control.created.isEmpty)
        _ = try await bench.tenants("key-admin").listTenants(.init())
    }

    @Test("an echo needs a key, and no tenant")
    func echo() async throws {
        for key in ["key-ours", "key-both", "key-admin"] {
            let echo = DiagnosticsServiceClient(try bench.channel(key))
            #expect(try await echo.echo(.with { $0.payload = [1, 2, 3] }).payload == [1, 2, 3])
        }
        let echo = DiagnosticsServiceClient(try bench.channel("key-ours"))
        let error = try await refusal { try await echo.echo(.init(), options: CallOptions(tenant: "theirs")) }
        #expect(error.reason == "tenant_denied", "a tenant that is named must be the caller's, even here")
    }
}
