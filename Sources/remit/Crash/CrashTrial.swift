import ArgumentParser
import Foundation
import Logging
import RemitServer

/// The hidden command `remit crash-trial`, run by `make crash`.
///
/// The simulator's books and the log of acknowledgements are in this process, which is never killed; the server is
/// one of its own, killed at a named point and started again.
struct CrashTrial: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-trial", abstract: "Kill a server at each named point, and prove that nothing was lost.",
        shouldDisplay: false)

    @Option(help: "Only this point.") var point: String?
    @Option(help: "Calls at once.") var calls: Int = 16

    func run() async throws {
        try await Failure.report {
            var failed = 0
            for point in CrashPlan.pointNames where self.point ?? point == point {
                for verb in CrashRound.Verb.allCases {
                    // At the first time, and in the midst of the others.
                    for nth in [1, 3] {
                        let round = CrashRound(verb: verb, point: point, nth: nth, calls: calls)
                        let result = try await round.run()
                        failed += result.faults.isEmpty ? 0 : 1
                        let verdict = result.faults.isEmpty ? "good" : "FAILED"
                        Terminal.line("\(round.name): \(verdict) (\(result.summary))")
                        for fault in result.faults { Terminal.line("    \(fault)") }
                    }
                }
            }
            guard failed == 0 else { throw Failure.refused }
            Terminal.line("One charge and one refund each, no acknowledgement lost, no hole in the events.")
        }
    }
}
