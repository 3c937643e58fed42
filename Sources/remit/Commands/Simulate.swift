import ArgumentParser
import RemitServer

/// The command `remit simulate`.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate Stripe on this machine until Ctrl-C: its API over HTTP, its webhooks, its books.",
        discussion: """
            The API is at /v1/…, as Stripe's; any sk_test_… key has an account of its own. GET /_books shows what the \
            simulator holds. The same seed makes the same choices.
            """)

    @Option(help: "Where it listens, on a loopback address.") var http: String = "127.0.0.1:12111"
    @Option(help: "Where events are sent.") var webhook: String?
    @Option(help: "File that holds the secret that events are signed with (whsec_…).") var secretFile: String?
    @Option(help: "The secret itself, for tries: others on this machine can see it.") var secret: String?
    @Option(help: "PEM file of the authorities that the receiver's certificate is checked against.")
    var webhookCa: String?
    @Option(help: "The seed of every random choice.") var seed: UInt64 = 1
    @Option(help: "Milliseconds that each request takes.") var latency: Int = 0
    @Option(help: "Deliveries in 1,000 that are lost.") var drop: Int = 0
    @Option(help: "Deliveries in 1,000 that are made twice.") var duplicate: Int = 0
    @Option(help: "Deliveries in 1,000 that are a second late.") var delay: Int = 0
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String = "notice"

    func run() async throws {
        try await Failure.report {
            var options = SimulatorHost.Options()
            options.listen = try ListenAddress(http)
            options.webhookURL = webhook
            options.webhookSecret = try secret ?? SecretFile.read(secretFile)
            options.webhookAuthorityFile = webhookCa
            options.seed = seed
            options.latencyMilliseconds = latency
            options.dropPerMille = drop
            options.duplicatePerMille = duplicate
            options.delayPerMille = delay
            try await ServerRun.serveSimulator(options, logLevel: logLevel) { simulator in
                Terminal.line("Stripe is simulated at \(simulator.url), with seed \(seed); Ctrl-C ends it.")
            }
        }
    }
}
