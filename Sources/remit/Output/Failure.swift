import ArgumentParser
import Foundation
import RemitRPC
import RemitServer

/// How commands end when they fail: a sentence on standard error, and a documented exit code.
enum Failure {
    /// Refused or failed; nothing was changed.
    static let refused = ExitCode(1)
    /// It may have been carried out.
    static let unknown = ExitCode(2)
    /// The server can't be reached or is busy.
    static let unavailable = ExitCode(3)
    /// The server or the client isn't set up.
    static let setup = ExitCode(78)

    /// Runs a command's body, and turns what it throws into a sentence and an exit code.
    static func report(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RPCError {
            Terminal.error(sentence(of: error))
            throw exitCode(of: error)
        } catch let error as StartupError {
            Terminal.error(error.message)
            throw setup
        }
    }

    /// What is told of an error, and what to do next.
    static func sentence(of error: RPCError) -> String {
        var text = error.message
        if !error.reason.isEmpty || error.field != nil {
            let about = [error.reason, error.field.map { "field \($0)" } ?? ""].filter { !$0.isEmpty }
            text += " (\(about.joined(separator: ", ")))"
        }
        if let id = error.errorID { text += " Error id: \(id)." }
        return text + " " + advice(for: error)
    }

    /// The exit code that an error means.
    static func exitCode(of error: RPCError) -> ExitCode {
        if error.outcome == .unknown { return unknown }
        return switch error.code {
        case .unavailable, .resourceExhausted, .aborted, .deadlineExceeded: unavailable
        case .unauthenticated: setup
        default: refused
        }
    }

    private static func advice(for error: RPCError) -> String {
        if error.outcome == .unknown {
            return "It may have been carried out: run the same command again, with the same --key or order id."
        }
        switch error.reason {
        case "cannot_connect":
            return """
                Nothing was changed; is a server running there, and does --ca name the authority of its certificate, for \
                that host's name? `remit serve --dev` starts one here.
                """
        case "bad_authority": return "Nothing was changed; --ca or REMIT_CA_FILE must name a PEM file."
        default: break
        }
        if let milliseconds = error.retryAfterMilliseconds {
            return "Nothing was changed; try again in \(max(1, (milliseconds + 999) / 1_000)) s."
        }
        return switch error.code {
        case .unauthenticated:
            "Check the API key: --api-key-file, REMIT_API_KEY_FILE or ./.remit/client.json names it."
        case .unavailable: "Nothing was changed; is the server running? `remit serve --dev` starts one here."
        case .permissionDenied: "Nothing was changed; this needs another API key (control calls need an admin's)."
        case .deadlineExceeded, .aborted, .resourceExhausted: "Nothing was changed; try again."
        default: "Nothing was changed."
        }
    }
}

/// Where commands write.
enum Terminal {
    /// A line on standard output.
    static func line(_ text: String = "") {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A sentence on standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data(("remit: " + text + "\n").utf8))
    }
}
