import RemitRPC
import Testing

@testable import remit_load

struct RecorderTests {
    /// Measured from 1 s to 3 s.
    private let window = Window(from: 0, warmUp: .seconds(1), duration: .seconds(2))
    private let second: UInt64 = 1_000_000_000

    @Test("latency begins at the intended time, and warm-up doesn't count")
    func latency() {
        let recorder = Recorder(window)
        recorder.record(.good, intended: second / 2, end: second / 2 + 5_000, tenant: 0)
        recorder.record(.good, intended: second, end: second + 400_000_000, tenant: 0)
        let tally = recorder.counted
        #expect(tally.good == 1 && tally.answers == 1)
        #expect(abs(tally.microseconds(99) / 400_000 - 1) < 0.001)
    }

    @Test("an answer after the window has a latency, and is no part of the rate")
    func straggler() {
        let recorder = Recorder(window)
        recorder.record(.good, intended: 3 * second - 1, end: 5 * second, tenant: 0)
        #expect(recorder.counted.good == 1 && recorder.counted.answers == 0)
        // Meant for the warm-up, answered in the window: it used the server then.
        recorder.record(.good, intended: second - 1, end: second + 1, tenant: 0)
        #expect(recorder.counted.good == 1 && recorder.counted.answers == 1)
    }

    @Test("late and dropped sends are counted, each once")
    func sends() {
        let recorder = Recorder(window)
        recorder.recordSend(intended: second, now: second + Tally.lateNanoseconds, isDropped: false)
        recorder.recordSend(intended: second, now: second + Tally.lateNanoseconds + 1, isDropped: false)
        recorder.recordSend(intended: second, now: 2 * second, isDropped: true)
        recorder.recordSend(intended: 0, now: second, isDropped: true)
        #expect(recorder.counted.late == 1 && recorder.counted.dropped == 1)
        // Those that left within the window, whenever they were meant to.
        #expect(recorder.counted.sent == 2)
    }

    @Test("a refusal is no failure; what it says of the work is kept")
    func outcomes() {
        let recorder = Recorder(window)
        for error in [
            RPCError(.resourceExhausted, "a", reason: "tenant_busy", notProcessed: true),
            RPCError(.resourceExhausted, "b"), RPCError(.deadlineExceeded, "c", notProcessed: true),
            RPCError(.resourceExhausted, "d", reason: "too_many_calls", notProcessed: true),
            RPCError(.deadlineExceeded, "e"), .wrongAnswer("f"),
        ] {
            recorder.record(CallOutcome(error), intended: second, end: second, tenant: 0)
        }
        let tally = recorder.counted
        #expect(tally.refused == 3 && tally.notProcessed == 2 && tally.dropped == 1 && tally.failed == 2)
        #expect(tally.good == 0 && tally.failure?.code == .deadlineExceeded)
    }

    @Test("good calls are kept by the second of their intended time, and tallies add up")
    func seconds() {
        var sum = Tally()
        for offset in [0, 1] as [UInt64] {
            let recorder = Recorder(window, keepsSeconds: true)
            for _ in 0...offset {
                let intended = second * (1 + offset)
                recorder.record(.good, intended: intended, end: intended + 1_000, tenant: 0)
            }
            sum.add(recorder.counted)
        }
        #expect(sum.timeline.map(\.count) == [1, 2] && sum.good == 3)
    }
}
