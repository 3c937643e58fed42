import Foundation
import Testing

/// `scripts/peers`, as far as it can be run without a measurement.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct PeersScriptTests {
    @Test("who asks for a build gets no measurement, whatever parts are named", arguments: [[], ["codec", "echo"]])
    func buildsOnly(parts: [String]) throws {
        let run = try ScriptRun("peers", ["build"] + parts, adding: ["BUILT": "1"])
        #expect(run.status == 0)
        #expect(run.text.isEmpty)
    }

    @Test("a part that there isn't is refused, with those that there are")
    func unknownPart() throws {
        let run = try ScriptRun("peers", ["build", "ecko"], adding: ["BUILT": "1"])
        #expect(run.status == 64)
        #expect(run.text.contains("there is no ecko") && run.text.contains("echo"))
    }
}
