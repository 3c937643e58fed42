import RemitAPI
import RemitDomain
import RemitRPC
import RemitTesting
import RemitWire
import Testing

@testable import RemitService

/// Tenants are made and listed through the control plane.
struct TenantAdministrationTests {
    private let bench = ServiceBench()

    @Test("a new tenant's key is shown once; a replay omits it, and no secret comes back")
    func create() async throws {
        let request = CreateTenantRequest.with {
            $0.name = "acme-2"
            $0.defaultCurrency = "EUR"
            $0.stripeSecretKey = "sk_test_1"
            $0.webhookSecret = "whsec_1"
        }
        let tenants = try bench.tenants()
        let created = try await tenants.createTenant(request)
        #expect(created.apiKey == "shown-once")
        #expect(created.tenant?.id == "tenant_acme-2" && created.tenant?.name == "acme-2")
        #expect(created.tenant?.state == .active && created.tenant?.defaultCurrency == "eur")
        #expect(created.tenant?.stripeConfigured == true && created.tenant?.webhookConfigured == true)
        #expect(!created.encoded().contains(sequence: "sk_test_1") && !created.encoded().contains(sequence: "whsec_1"))
        let asked = try #require(bench.control.created.first)
        #expect(asked.stripeSecretKey == "sk_test_1" && asked.webhookSecret == "whsec_1")
        #expect(try await tenants.createTenant(request).apiKey.isEmpty)
    }

    @Test("what isn't given is nil")
    func minimal() async throws {
        _ = try await bench.tenants().createTenant(.with { $0.name = "a" })
        let asked = try #require(bench.control.created.first)
        #expect(asked.defaultCurrency == nil && asked.stripeSecretKey == nil && asked.webhookSecret == nil)
        #expect(asked.sharedWith == nil)
        _ = try await bench.tenants().createTenant(
            .with {
                $0.name = "b"
                $0.sharedWith = "a"
            })
        #expect(bench.control.created.last?.sharedWith == "a")
    }

    @Test("a secret has 255 characters at most, and its refusal holds none of it")
    func longSecret() async throws {
        let longest = String(repeating: "k", count: NewTenant.secretLengthMax)
        _ = try await bench.tenants().createTenant(
            .with {
                $0.name = "a"
                $0.stripeSecretKey = longest
                $0.webhookSecret = longest
            })
        for (field, spoiled): (String, CreateTenantRequest) in [
            ("stripe_secret_key", .with { $0.stripeSecretKey = longest + "k" }),
            ("webhook_secret", .with { $0.webhookSecret = longest + "k" }),
        ] {
            var request = spoiled
            request.name = "b"
            let refused = request
            let error = try await refusal { try await bench.tenants().createTenant(refused) }
            #expect(error.code == .invalidArgument && error.field == field && !error.message.contains("kkk"))
        }
        #expect(bench.control.created.map(\.name) == ["a"])
    }

    @Test("the control plane's refusal is told")
    func refused() async throws {
        bench.control.refuse(with: PaymentError(.alreadyExists, reason: "tenant_exists", message: "Take another name."))
        let tenants = try bench.tenants()
        let error = try await refusal { try await tenants.createTenant(.with { $0.name = "acme" }) }
        #expect(error.code == .alreadyExists && error.reason == "tenant_exists")
    }

    @Test("tenants are listed by name, in pages whose tokens are the caller's own")
    func list() async throws {
        let tenants = try bench.tenants()
        var names: [String] = []
        var token = ""
        var pages = 0
        repeat {
            let page = try await tenants.listTenants(
                .with {
                    $0.pageSize = 2
                    $0.pageToken = token
                })
            names += page.tenants.map(\.name)
            token = page.nextPageToken
            pages += 1
            if !token.isEmpty { #expect(page.tenants.count == 2) }
        } while !token.isEmpty && pages < 10
        #expect(names == ["ours", "second", "theirs"] && pages == 2)
        for (field, request): (String, ListTenantsRequest) in [
            ("page_token", .with { $0.pageToken = "00" }), ("page_size", .with { $0.pageSize = 101 }),
        ] {
            let error = try await refusal { try await tenants.listTenants(request) }
            #expect(error.code == .invalidArgument && error.field == field)
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence text: String) -> Bool {
        let sought = Array(text.utf8)
        return indices.contains { self[$0...].starts(with: sought) }
    }
}
