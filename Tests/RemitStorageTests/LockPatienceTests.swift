import RemitTesting
import Testing

@testable import RemitStorage

struct LockPatienceTests {
    @Test("whoever waits for a lock says so before and after each pause")
    func says() {
        let patience = LockPatience()
        var said: [String] = []
        patience.begins = { said.append("begins") }
        patience.ends = { said.append("ends") }
        var outcomes: [FileLock.Outcome] = [.refused, .refused, .granted]
        #expect(patience.take { outcomes.removeFirst() } == .granted)
        #expect(said == ["begins", "ends", "begins", "ends"])
        #expect(patience.take { .granted } == .granted)
        #expect(patience.take { .failed } == .failed)
        #expect(said.count == 4)
    }

    @Test("a write waits for another connection's, as it waits for a wal-index")
    func busy() throws {
        #expect(LockPatience.milliseconds == 2_000)
        let file = try ParkedFile()
        try file.reader.beginImmediate()
        var pauses = 0
        // The writer keeps this: it mustn't keep the writer.
        file.writer.patience.begins = { [reader = file.reader] in
            pauses += 1
            reader.rollback()
        }
        try file.set(7)
        #expect(pauses == 1)
        #expect(try ParkedFile.number(in: file.reader) == 7)
    }
}
