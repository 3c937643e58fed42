import ArgumentParser

/// The command line of Remit.
@main
struct RemitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remit",
        abstract: "Payments and billing over TLS: the server, its client, and a Stripe to try them on.",
        discussion: """
            Clients find their server by --address, --ca and --api-key-file; else by REMIT_ADDRESS, REMIT_CA_FILE and \
            REMIT_API_KEY_FILE (or REMIT_API_KEY); else by ./.remit/client.json, which `remit serve --dev` writes.

            Exit codes: 0 done; 1 refused or failed, nothing was changed; 2 the outcome is unknown: ask again with \
            the same --key or order id; 3 the server can't be reached or is busy: try again; 64 wrong usage; 78 the \
            server or the client isn't set up, and the message says what to do.
            """,
        subcommands: [
            Serve.self, Init.self, Demo.self, Payments.self, Refunds.self, Customers.self, Operations.self,
            Tenants.self, Events.self, Simulate.self, CrashTrial.self,
        ])
}
