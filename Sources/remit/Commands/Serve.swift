import ArgumentParser
import Foundation
import RemitServer

/// The command `remit serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a data directory until SIGTERM or Ctrl-C, then drain.",
        discussion: """
            Every option can also stand in the environment (--log-level: REMIT_LOG_LEVEL) or in the file of --config, \
            a JSON object. Flags come first, then the environment, then the file, then the defaults.

            With --dev it makes its own certificates, keys, tenant and API key under ./.remit/ and runs the Stripe \
            simulator beside it, so that it needs no set-up at all.
            """)

    @Flag(help: "Make all that is needed under ./.remit/, and simulate Stripe.") var dev = false
    @Flag(help: "Show the settings in force and stop.") var printConfig = false
    @Option(help: "A JSON file with settings.") var config: String?
    @Option(help: "The data directory, made by `remit init`.") var data: String?
    @Option(help: "Where calls are taken, over TLS (127.0.0.1:7443).") var listen: String?
    @Option(help: "Where Stripe's webhooks arrive, over TLS (127.0.0.1:7444).") var ingress: String?
    @Option(help: "Where /healthz, /readyz and /metrics answer, on a loopback address (127.0.0.1:7445).")
    var operations: String?
    @Option(help: "PEM file of the certificate and those above it.") var certificateFile: String?
    @Option(help: "PEM file of the certificate's key.") var certificateKeyFile: String?
    @Option(help: "File that holds the master key, 32 bytes in base64.") var masterKeyFile: String?
    @Option(help: "Stripe's base URL; plain http to this machine only.") var stripeURL: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String?
    @Option(help: "auto (text on a terminal), json or text.") var logFormat: String?
    @Option(help: "Tenants kept open at once.") var openTenantsMax: Int?
    @Option(
        name: .customLong("page-cache-mib"),
        help: "MiB that tenants' page caches may grow to together, beyond 256 KiB each (1024).")
    var pageCacheMebibytes: Int?
    @Option(help: "Threads that run tenants.") var storageThreads: Int?
    @Option(help: "Threads of the event loops; 0: one per core.") var eventLoopThreads: Int?
    @Option(name: .customLong("drain-ms"), help: "Milliseconds that running calls have at the end.")
    var drainMilliseconds: Int?
    @Option(help: "With --dev: where its files are.") var devFolder: String = ".remit"
    @Option(help: "With --dev: where the simulator listens (127.0.0.1:7446).") var simulator: String?
    @Option(help: "With --dev: the seed of the simulator's choices.") var seed: UInt64 = 1

    func run() async throws {
        try await Failure.report {
            if dev {
                try await serveDevelopment()
            } else {
                try await serve()
            }
        }
    }

    private var flags: [String: String] {
        let all: [String: String?] = [
            "data": data, "listen": listen, "ingress": ingress, "operations": operations,
            "certificate.file": certificateFile, "certificate.key.file": certificateKeyFile,
            "master.key.file": masterKeyFile, "stripe.url": stripeURL, "log.level": logLevel, "log.format": logFormat,
            "open.tenants.max": openTenantsMax.map { "\($0)" },
            "page.cache.mib": pageCacheMebibytes.map { "\($0)" }, "storage.threads": storageThreads.map { "\($0)" },
            "event.loop.threads": eventLoopThreads.map { "\($0)" }, "drain.ms": drainMilliseconds.map { "\($0)" },
        ]
        return all.compactMapValues { $0 }
    }

    private func serve() async throws {
        let configuration = try await ServerConfiguration.read(
            flags: flags, file: config, environment: ProcessInfo.processInfo.environment)
        if printConfig {
            Terminal.line(configuration.printed)
            return
        }
        try await ServerRun.serve(configuration)
    }

    private func serveDevelopment() async throws {
        var options = DevelopmentServer.Options()
        options.folder = devFolder
        if let listen { options.listen = try ListenAddress(listen) }
        if let ingress { options.ingress = try ListenAddress(ingress) }
        if let operations { options.operations = try ListenAddress(operations) }
        if let simulator { options.simulator = try ListenAddress(simulator) }
        options.stripeURL = stripeURL
        options.seed = seed
        let own = ["listen", "ingress", "operations", "stripe.url"]
        options.settings = flags.filter { !own.contains($0.key) }
        try await ServerRun.serveDevelopment(
            options, logLevel: logLevel ?? "notice", logFormat: logFormat ?? "auto",
            crashAt: ProcessInfo.processInfo.environment["REMIT_CRASH_AT"]
        ) { development in
            Terminal.line(Self.greeting(development, folder: devFolder))
        }
    }

    /// Where it listens, and three commands that work when pasted.
    private static func greeting(_ development: DevelopmentServer, folder: String) -> String {
        let remit = CommandLine.arguments.first ?? "remit"
        let client = folder == ".remit" ? "" : " --config \(folder)/client.json"
        let order = "order-\(Int(Date().timeIntervalSince1970) % 1_000_000)"
        let stripe = development.simulator.map { "simulated at \($0.url)" } ?? "as you named it"
        return """
            Remit serves on \(development.address), as tenant “\(DevelopmentServer.tenantName)”; Ctrl-C ends it.
              webhooks   https://localhost:\(development.server.ingressPort)/webhooks/stripe/\
            \(DevelopmentServer.tenantName)
              operations http://127.0.0.1:\(development.server.operationsPort)/metrics
              Stripe     \(stripe)
              files      \(folder)/

            Try, in another terminal, in this folder:
              \(remit) payments process --order \(order) --amount 2500\(client)
              \(remit) payments get --order \(order)\(client)
              \(remit) events list\(client)

            """
    }
}
