import Foundation
import RemitTesting
import Testing

/// Commits that only the journal has synced survive every cut of the power.
///
/// POWERCUT_ROUNDS in the environment sets how many trials are made.
@Suite(.serialized) struct JournalPowerCutTests {
    private static let trialsOfSuite = 40

    private static var trials: Int {
        ProcessInfo.processInfo.environment["POWERCUT_ROUNDS"].flatMap(Int.init) ?? trialsOfSuite
    }

    @Test func whatTheJournalHasAnsweredForIsThereAfterEveryCut() throws {
        let seeds = SeededRandom(printedAs: "JournalPowerCutTests")
        var (applied, retired) = (0, 0)
        for _ in 0..<Self.trials {
            let seed = seeds.next()
            let trial = try JournalPowerCutTrial(seed: seed)
            let faults = try trial.run()
            #expect(faults.isEmpty, "seed \(seed)")
            guard faults.isEmpty else { break }
            applied += trial.applied
            retired += trial.retired
        }
        #expect(applied > 0 && retired > 0)
        FileHandle.standardError.write(
            Data("JournalPowerCutTests: \(applied) commits were executed again, \(retired) segments reused\n".utf8))
    }

    /// The proof of the proof.
    @Test func withoutTheJournalWhatWasAnsweredIsLost() throws {
        let seeds = SeededRandom(printedAs: "JournalPowerCutTests.without")
        var lost = 0
        for _ in 0..<8 {
            let trial = try JournalPowerCutTrial(seed: seeds.next())
            trial.forgetsJournal = true
            let faults = try trial.run()
            if !faults.isEmpty { lost += 1 }
        }
        #expect(lost > 0)
    }
}
