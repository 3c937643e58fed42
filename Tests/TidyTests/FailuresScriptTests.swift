import Foundation
import Testing

/// `scripts/failures` tells from a log what failed, for whoever sees only its end.
struct FailuresScriptTests {
    /// What the script prints for a log.
    private func told(_ log: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "failures-\(UUID().uuidString).log")
        try Data(log.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let run = try ScriptRun("failures", [file.path])
        #expect(run.status == 0)
        return run.text
    }

    @Test("each issue comes with its lines, and the failed test's name comes last")
    func issues() throws {
        let told = try told(
            """
            ◇ Test "adds" started.
            ◇ Test "is empty" started.
            ✘ Test "adds" recorded an issue at SumTests.swift:8:9: Expectation failed: (text → "one
            two") == "three"
            ↳ // why it must be so
            ✔ Test "is empty" passed after 0.001 seconds.
            ✘ Test "adds" failed after 0.002 seconds with 1 issue.
            ✘ Suite SumTests failed after 0.003 seconds with 1 issue.
            ✘ Test run with 2 tests in 1 suite failed after 0.004 seconds with 1 issue.

            """)
        #expect(
            told == """

                What failed:
                ✘ Test "adds" recorded an issue at SumTests.swift:8:9: Expectation failed: (text → "one
                    two") == "three"
                    ↳ // why it must be so
                Failed:
                    Test "adds"

                """)
    }

    @Test("of a trap the frames of this tree are told")
    func trap() throws {
        let told = try told(
            """
            ◇ Test "adds" started.
            Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range
            Thread 1 "other":
              3 [ra] 0x0000000000000001 other() + 1 in tests at /tree/Tests/SumTests.swift:1:1
            Thread 2 "tests" crashed:
              2 [ra] 0x0000000000000002 swift_trap + 8 in libswiftCore.so
              3 [ra] 0x0000000000000003 sum(_:) + 13 in tests at /tree/Sources/Sum.swift:4:7

            """)
        #expect(
            told == """

                What failed:
                Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range
                    sum(_:) + 13 in tests at /tree/Sources/Sum.swift:4:7

                """)
    }

    @Test("where a process ends without a word, what was under way is told")
    func underWay() throws {
        let told = try told(
            """
            ◇ Test "adds" started.
            ◇ Test "is empty" started.
            ✔ Test "is empty" passed after 0.001 seconds.
            error: Process 'tests' exited with unexpected signal code 9

            """)
        #expect(told.contains("signal code 9"))
        #expect(told.contains("Test \"adds\"") && !told.contains("is empty"))
    }

    @Test("nothing is told where nothing failed")
    func nothing() throws {
        #expect(try told("◇ Test \"adds\" started.\n✔ Test \"adds\" passed after 0.001 seconds.\n").isEmpty)
    }
}
