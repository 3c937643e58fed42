import Foundation
import Logging
import RemitServer
import Synchronization
import Testing

@Suite struct LineLogHandlerTests {
    final class Lines: Sendable {
        let all = Mutex<[String]>([])
        func append(_ line: String) { all.withLock { $0.append(line) } }
    }

    @Test func `a JSON line is one object on one line, whatever it says`() throws {
        let lines = Lines()
        let logger = Logger(label: "remit") { label in
            LineLogHandler(label: label, level: .info, format: .json, write: { lines.append($0) })
        }
        logger.info("Said \"so\"\n", metadata: ["tenant": "t\u{1}\\", "payment": "p"])
        logger.debug("Not this one")
        let written = lines.all.withLock { $0 }
        #expect(written.count == 1)
        #expect(!written[0].contains("\n"))
        let object = try JSONDecoder().decode([String: String].self, from: Data(written[0].utf8))
        #expect(object["message"] == "Said \"so\"\n")
        #expect(object["tenant"] == "t\u{1}\\")
        #expect(object["level"] == "info")
        #expect(object["at"]?.hasSuffix("Z") == true)
    }
}
