import Foundation
import RemitClient
import RemitRPC
import RemitServer
import Synchronization

/// A `remit serve --dev` in a process of its own, which may be killed.
// @unchecked: Process isn't marked Sendable; it is used by one round, from one task, and its end is in a lock.
final class ServerProcess: @unchecked Sendable {
    private let process = Process()
    private let isGone = Mutex(false)
    private let folder: String

    /// Starts one; `crashAt` is the point, `name:nth`, where it ends.
    init(folder: String, ports: CrashRound.Ports, stripeURL: String, crashAt: String? = nil) throws {
        self.folder = folder
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "serve", "--dev", "--dev-folder", folder, "--listen", "127.0.0.1:\(ports.listen)", "--ingress",
            "127.0.0.1:\(ports.ingress)", "--operations", "127.0.0.1:\(ports.operations)", "--stripe-url", stripeURL,
            "--log-level", "error", "--storage-threads", "2",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["REMIT_CRASH_AT"] = crashAt
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.terminationHandler = { [weak self] _ in self?.isGone.withLock { $0 = true } }
        try process.run()
    }

    /// Whether the process has ended.
    var hasEnded: Bool { isGone.withLock { $0 } }

    /// Whether it ended by SIGKILL.
    var wasKilled: Bool {
        hasEnded && process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
    }

    /// Returns when the process has ended; false after `seconds`.
    func ended(within seconds: Int) async throws -> Bool {
        try await poll(seconds) { hasEnded }
    }

    /// A client, as soon as the server takes calls.
    func client() async throws -> RemitClient {
        let file = folder + "/client.json"
        var found: RemitClient?
        _ = try await poll(30) {
            guard !hasEnded else { return true }
            let settings = try? ClientSettings.resolve(
                address: nil, authorityFile: nil, apiKeyFile: nil, tenant: nil, environment: [:], file: file)
            guard let settings else { return false }
            found = try? await RemitClient.connect(
                host: settings.address.host, port: settings.address.port,
                authority: settings.authorities.map { .pem($0) } ?? .system, apiKey: settings.apiKey,
                connections: 2, retries: RetryPolicy(attemptsMax: 1))
            return found != nil
        }
        guard let found else { throw StartupError("The server of a crash trial didn't start.") }
        return found
    }

    /// Drains it by SIGTERM.
    func stop() async throws {
        process.terminate()
        if try await ended(within: 40) { return }
        kill(process.processIdentifier, SIGKILL)
        throw StartupError("The server of a crash trial didn't stop.")
    }

    private func poll(_ seconds: Int, _ isDone: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await isDone() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
