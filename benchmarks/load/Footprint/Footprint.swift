import ArgumentParser
import Foundation
import RemitAPI
import RemitClient
import RemitRPC

/// Measures what a server takes while nothing is asked of it; `scripts/footprint` starts the server.
struct Footprint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a server's memory per open tenant and per idle connection.",
        discussion: """
            First, with --make, tenants are made with an administrator's key (--api-key-file), and the key that serves \
            them all is kept in --key-file. Then, when the server was started anew and no tenant is open, --server-pid \
            says whose memory is read: before, when --open tenants have answered a call each, and when --idle \
            connections were opened beside that. What a script knows (--start-ms, --binary-bytes) goes into the same \
            JSON, as scenario `footprint`. scripts/footprint does all of it.

            Exit codes: 0 measured; 1 a call failed; 64 wrong usage; 78 the server wasn't found or let nobody in.
            """)

    /// Names of the tenants that are made.
    private static let prefix = "footprint"

    @OptionGroup var target: TargetOptions
    @Option(help: "File for the API key of the tenants that are made.")
    var keyFile: String
    @Option(help: "Make so many tenants, 1 to 100000, and measure nothing.")
    var make: Int?
    @Option(help: "The server's process id, on this machine.")
    var serverPid: Int?
    @Option(help: "Tenants to open, 1 to 100000; the server must keep as many open (--open-tenants-max).")
    var open: Int = 500
    @Option(help: "Connections to leave idle, 1 to 10000.")
    var idle: Int = 500
    @Option(help: "A start-up's time in milliseconds, measured elsewhere; may be repeated.")
    var startMs: [Double] = []
    @Option(help: "How many tenants there are; names the load in the JSON.")
    var tenants: Int?
    @Option(help: "Bytes of the stripped binary.")
    var binaryBytes: Double?
    @Option(help: "Write the figures there too, as JSON.")
    var json: String?
    @Option(help: "name=value for the JSON's environment, such as commit=…; may be repeated.")
    var note: [String] = []

    func validate() throws {
        for (name, value, most) in [
            ("--make", make ?? 1, 100_000), ("--open", open, 100_000), ("--idle", idle, 10_000),
        ] where !(1...most).contains(value) {
            throw ValidationError("\(name) must be 1 to \(most); \(value) isn't.")
        }
        guard (make == nil) != (serverPid == nil) else {
            throw ValidationError("Pass --make to make tenants, or --server-pid to measure: one of both.")
        }
        for entry in note where !entry.contains("=") {
            throw ValidationError("--note \(entry) is no name=value.")
        }
    }

    func run() async throws {
        do {
            if let make { try await makeTenants(make) } else { try await measure() }
        } catch let error as LoadFailure {
            Output.error(error.message)
            throw ExitCode(error.isSetup ? 78 : 1)
        } catch let error as RPCError {
            Output.error("A call failed: \(error)")
            throw ExitCode(error.code == .unauthenticated || error.code == .unavailable ? 78 : 1)
        }
    }

    // MARK: Making

    private func makeTenants(_ count: Int) async throws {
        let client = try await connect(try target.resolve().apiKey, connections: 4)
        let first = try await Self.create(1, sharedWith: "", client)
        guard !first.apiKey.isEmpty, let owner = first.tenant?.id else {
            throw LoadFailure(
                "The tenant \(Self.prefix)-1 is there, and its key isn't known; take another data folder.")
        }
        let workers = min(64, count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for number in stride(from: 2 + worker, through: count, by: workers) {
                        _ = try await Self.create(number, sharedWith: owner, client)
                        if worker == 0 { Output.progress("making tenants: \(number) of \(count)") }
                    }
                }
            }
            try await group.waitForAll()
        }
        Output.progress("")
        await client.close()
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard
            FileManager.default.createFile(atPath: keyFile, contents: Data(first.apiKey.utf8), attributes: mode)
        else { throw LoadFailure("\(keyFile) can't be written (--key-file).") }
    }

    private static func create(
        _ number: Int, sharedWith: String, _ client: RemitClient
    ) async throws(RPCError) -> CreateTenantResponse {
        var request = CreateTenantRequest()
        request.name = "\(prefix)-\(number)"
        request.defaultCurrency = "usd"
        request.sharedWith = sharedWith
        return try await TenantServiceClient(client).createTenant(request)
    }

    // MARK: Measuring

    private func measure() async throws {
        guard let serverPid, let key = FileManager.default.contents(atPath: keyFile) else {
            throw LoadFailure("There is no file \(keyFile) with the tenants' key; make them with --make.")
        }
        let apiKey = String(decoding: key, as: UTF8.self)
        let server = ServerProcess(id: serverPid)
        let client = try await connect(apiKey, connections: 1)
        // What the first call of all makes belongs to no tenant.
        try await Self.touch(1, client)
        let start = try Self.memory(of: server)
        for number in 2..<(2 + open) {
            try await Self.touch(number, client)
            if number.isMultiple(of: 50) { Output.progress("opening tenants: \(number) of \(open)") }
        }
        let opened = try Self.memory(of: server)
        // A client opens its connections as calls need them: one client each, and an answer on every one.
        var idlers: [RemitClient] = []
        for _ in 0..<idle {
            let idler = try await connect(apiKey, connections: 1)
            try await Self.touch(1, idler)
            idlers.append(idler)
        }
        let connected = try Self.memory(of: server)
        Output.progress("")
        for idler in idlers { await idler.close() }
        await client.close()
        try show(result(start: start, opened: opened, connected: connected))
    }

    private func result(start: Double, opened: Double, connected: Double) -> BenchmarkResult {
        var result = BenchmarkResult(
            scenario: "footprint", shape: ["openTenants": .init(open), "idleConnections": .init(idle)])
        if let tenants { result.shape["tenants"] = .init(tenants) }
        result.set(.memoryPerTenant, [(opened - start) / Double(open)])
        result.set(.memoryPerConnection, [(connected - opened) / Double(idle)])
        result.set(.memoryAtStart, [start / 1_024])
        result.set(.startTime, startMs)
        result.set(.binarySize, binaryBytes.map { [$0 / 1_048_576] } ?? [])
        return result
    }

    private func show(_ result: BenchmarkResult) throws(LoadFailure) {
        let document = BenchmarkDocument(environment: LoadEnvironment(notes: note), results: [result])
        var table = TextTable(head: ["footprint", ""])
        for name in FigureKind.sorted(result.figures.keys) {
            guard let figure = result.figures[name] else { continue }
            table.rows.append([FigureKind.title(of: name), NumberText.spread(figure.spread, unit: figure.unit)])
        }
        Output.line(document.environment.line + "\n\n" + table.plain)
        if let json { try document.write(to: json) }
    }

    /// A call that opens the tenant.
    private static func touch(_ number: Int, _ client: RemitClient) async throws(RPCError) {
        var request = FindPaymentsRequest()
        request.pageSize = 1
        _ = try await PaymentServiceClient(client).findPayments(
            request, options: CallOptions(tenant: "\(prefix)-\(number)"))
    }

    private static func memory(of server: ServerProcess) throws(LoadFailure) -> Double {
        guard let memory = server.residentKibibytes else {
            throw LoadFailure("There is no process \(server.id) whose memory can be read (--server-pid).")
        }
        return memory
    }

    private func connect(_ apiKey: String, connections: Int) async throws -> RemitClient {
        let target = try target.resolve()
        return try await RemitClient.connect(
            host: target.server.host, port: target.server.port,
            authority: target.authorityFile.map { .file($0) } ?? .system, apiKey: apiKey, connections: connections)
    }
}
