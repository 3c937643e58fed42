import ArgumentParser
import RemitAPI
import RemitRPC
import RemitServer

/// The commands `remit tenant …`.
struct Tenants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Create and list tenants; needs an admin's API key.",
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a tenant and show its API key, once.",
            discussion: "Secrets are read from files, so that they are in no process list and no shell history.")

        @Argument(help: "Its name: lower-case letters, digits and hyphens.") var name: String
        @Option(help: "ISO 4217; what its payments are in unless they say otherwise.") var currency: String = ""
        @Option(help: "File that holds the tenant's secret key at Stripe.") var stripeKeyFile: String?
        @Option(help: "File that holds the signing secret of its webhook endpoint.") var webhookSecretFile: String?
        @Option(help: "A tenant whose API key shall serve this one too, by id or name; no key is made then.")
        var sharedWith: String = ""
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = CreateTenantRequest()
                request.name = name
                request.defaultCurrency = currency
                request.stripeSecretKey = try SecretFile.read(stripeKeyFile)
                request.webhookSecret = try SecretFile.read(webhookSecretFile)
                request.sharedWith = sharedWith
                let response = try await TenantServiceClient(channel).createTenant(
                    request, options: client.call(settings))
                try output.show(
                    TenantView(response.tenant ?? Tenant(), apiKey: sharedWith.isEmpty ? response.apiKey : nil))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tenants by name.")

        @Option(help: "Rows a page, 1 … 100.") var pageSize: Int32 = 25
        @Option(help: "From the page before.") var pageToken: String = ""
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = ListTenantsRequest()
                request.pageSize = pageSize
                request.pageToken = pageToken
                let page = try await TenantServiceClient(channel).listTenants(request, options: client.call(settings))
                try output.show(
                    TenantListView(tenants: page.tenants.map { TenantView($0) }, nextPageToken: page.nextPageToken))
            }
        }
    }
}

/// Secrets that commands take: from files only.
enum SecretFile {
    /// The file's text without the white space around it; empty without a file.
    static func read(_ path: String?) throws(StartupError) -> String {
        guard let path else { return "" }
        guard let text = try PrivateFile.text(of: path) else { throw StartupError("There is no file \(path).") }
        let secret = text.filter { !$0.isWhitespace }
        guard !secret.isEmpty else { throw StartupError("\(path) is empty; it should hold the secret.") }
        return secret
    }
}
