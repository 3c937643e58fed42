import Foundation
import RemitTesting
import Testing

/// What was answered survives any loss of power: the short version of `make powercut`.
///
/// POWERCUT_ROUNDS in the environment sets how many lives are lived.
@Suite(.serialized) struct PowerCutTests {
    private static let roundsOfSuite = 24
    /// So many rounds that every place must have been met.
    private static let roundsOfLongRun = 200

    private static var rounds: Int {
        ProcessInfo.processInfo.environment["POWERCUT_ROUNDS"].flatMap(Int.init) ?? roundsOfSuite
    }

    private struct Outcome {
        var failures: [String] = []
        var cuts: [String: Int] = [:]
        var applied = 0
    }

    @Test func whatWasAnsweredIsThereAfterEveryCut() async throws {
        let outcome = try await run("PowerCutTests", rounds: Self.rounds, stopsAfter: 3) { index in
            PowerCutTrial.Conditions(isTearing: index.isMultiple(of: 2), hasJournal: index % 4 >= 2)
        }
        Self.say("\(outcome.applied) commits were done again from the journal")
        #expect(outcome.applied > 0)
        for failure in outcome.failures { Issue.record("\(failure)") }
        Self.tell(outcome.cuts)
        guard Self.rounds >= Self.roundsOfLongRun else { return }
        // Its place is met where the journal's segments are full, which is chance.
        let met = Set(outcome.cuts.keys.map { String($0.split(separator: " ")[1]) })
        let expected: Set = [
            "creation", "deletion", "databaseWrite", "databaseSync", "logWrite", "logExtension", "logSync",
            "journalWrite", "journalSync", "fileSystemSync", "between",
        ]
        #expect(expected.subtracting(met).isEmpty, "places that were never met")
    }

    /// The proof of the proof: a store that doesn't wait for the disk is found out.
    @Test(arguments: ["OFF", "NORMAL"])
    func aStoreThatDoesNotSyncItsCommitsIsFoundOut(synchronous: String) async throws {
        let rounds = max(4, Self.rounds / 16)
        let outcome = try await run("PowerCutTests, synchronous=\(synchronous)", rounds: rounds, stopsAfter: rounds) {
            index in
            PowerCutTrial.Conditions(isTearing: index.isMultiple(of: 2), synchronous: synchronous)
        }
        Self.say("\(outcome.failures.count) of \(rounds) lives lost something with synchronous=\(synchronous)")
        #expect(!outcome.failures.isEmpty, "nothing was lost with synchronous=\(synchronous)")
    }

    @Test func aJournalThatNobodyReadsAgainIsFoundOut() async throws {
        let rounds = max(4, Self.rounds / 16)
        let outcome = try await run("PowerCutTests, no recovery", rounds: rounds, stopsAfter: rounds) { index in
            PowerCutTrial.Conditions(isTearing: index.isMultiple(of: 2), hasJournal: true, recovers: false)
        }
        Self.say("\(outcome.failures.count) of \(rounds) lives lost something without the journal's recovery")
        #expect(!outcome.failures.isEmpty, "nothing was lost without the journal's recovery")
    }

    private func run(
        _ name: String, rounds: Int, stopsAfter failuresMax: Int,
        _ conditions: (Int) -> PowerCutTrial.Conditions
    ) async throws -> Outcome {
        let seeds = RemitTesting.SeededRandom(printedAs: name)
        var seed = seeds.seed
        var outcome = Outcome()
        for index in 0..<rounds where outcome.failures.count < failuresMax {
            let trial = try PowerCutTrial(seed: seed, conditions(index))
            let faults = try await trial.run()
            outcome.cuts.merge(trial.cuts, uniquingKeysWith: +)
            outcome.applied += trial.appliedCount
            if !faults.isEmpty {
                outcome.failures.append(
                    "After a cut something was wrong, in round \(index) (seed \(seed)):\n"
                        + faults.prefix(5).joined(separator: "\n"))
            }
            seed = seeds.next()
        }
        return outcome
    }

    private static func tell(_ cuts: [String: Int]) {
        let parts = cuts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        say("the power went \(cuts.values.reduce(0, +)) times: \(parts.joined(separator: ", "))")
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("PowerCutTests: \(text)\n".utf8))
    }
}
