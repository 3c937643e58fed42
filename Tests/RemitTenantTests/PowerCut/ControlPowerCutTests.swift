import Foundation
import RemitTesting
import Testing

/// Tenants and keys that were acknowledged survive any loss of power: the short version of `make powercut`.
///
/// POWERCUT_ROUNDS in the environment sets how many lives are lived.
@Suite struct ControlPowerCutTests {
    private static let roundsOfSuite = 24

    private static var rounds: Int {
        ProcessInfo.processInfo.environment["POWERCUT_ROUNDS"].flatMap(Int.init) ?? roundsOfSuite
    }

    @Test func everyTenantAndKeyThatWasAcknowledgedIsThereAfterEveryCut() async throws {
        let seeds = RemitTesting.SeededRandom(printedAs: "ControlPowerCutTests")
        var seed = seeds.seed
        var cuts: [String: Int] = [:]
        for round in 0..<Self.rounds {
            let trial = try ControlPowerCutTrial(seed: seed, isTearing: round.isMultiple(of: 2))
            let faults = try await trial.run()
            cuts.merge(trial.cuts, uniquingKeysWith: +)
            if !faults.isEmpty {
                Issue.record("In round \(round) (seed \(seed)):\n\(faults.prefix(5).joined(separator: "\n"))")
                return
            }
            seed = seeds.next()
        }
        let parts = cuts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        Self.say("the power went \(cuts.values.reduce(0, +)) times: \(parts.joined(separator: ", "))")
    }

    /// The proof of the proof: a control file that doesn't wait for the disk is found out.
    @Test(arguments: ["OFF", "NORMAL"])
    func aControlFileThatDoesNotSyncItsCommitsIsFoundOut(synchronous: String) async throws {
        let seeds = RemitTesting.SeededRandom(printedAs: "ControlPowerCutTests, synchronous=\(synchronous)")
        var seed = seeds.seed
        let rounds = max(4, Self.rounds / 16)
        var found = 0
        for round in 0..<rounds {
            let trial = try ControlPowerCutTrial(
                seed: seed, isTearing: round.isMultiple(of: 2), synchronous: synchronous)
            if try await !trial.run().isEmpty { found += 1 }
            seed = seeds.next()
        }
        Self.say("\(found) of \(rounds) lives lost something with synchronous=\(synchronous)")
        #expect(found > 0, "nothing was lost with synchronous=\(synchronous)")
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("ControlPowerCutTests: \(text)\n".utf8))
    }
}
