import Histogram
import RemitRPC

/// What calls came to: counts, and how long the good ones took.
struct Tally: Sendable {
    /// Nanoseconds of the good ones, from when they were meant to be sent.
    var latencies = EmptyHistogram.fine
    /// Good answers that came while it was measured.
    var answers = 0
    var failed = 0
    var refused = 0
    /// Those of the refused that surely never ran.
    var notProcessed = 0
    /// Sent while it was measured, whatever became of them; counted where the loop is open.
    var sent = 0
    /// Sent later than meant, by more than ``lateNanoseconds``.
    var late = 0
    /// Never sent, because too many were in flight.
    var dropped = 0
    /// One of the failures.
    var failure: RPCError?
    /// Good ones by the second, where it is kept: nanoseconds.
    var seconds: [Histogram<UInt32>] = []

    /// A send that is later than this says that the generator, not the server, is full: ten times what a sleeping
    /// thread of an idle machine wakes late.
    static let lateNanoseconds: UInt64 = 1_000_000

    mutating func add(_ other: Tally) {
        latencies.add(other.latencies)
        answers += other.answers
        failed += other.failed
        refused += other.refused
        notProcessed += other.notProcessed
        sent += other.sent
        late += other.late
        dropped += other.dropped
        failure = failure ?? other.failure
        for (second, histogram) in other.seconds.enumerated() {
            if second < seconds.count {
                seconds[second].add(histogram)
            } else {
                seconds.append(histogram)
            }
        }
    }

    mutating func count(_ outcome: CallOutcome) {
        switch outcome {
        case .good, .cancelled: break
        case .refused(let notProcessed):
            refused += 1
            if notProcessed { self.notProcessed += 1 }
        case .notSent: dropped += 1
        case .failed(let error):
            failed += 1
            failure = failure ?? error
        }
    }

    /// Calls that got a good answer, whenever it came.
    var good: Int { Int(latencies.totalCount) }

    /// Good ones and their p99 in microseconds, second by second.
    var timeline: [(count: Int, p99: Double)] {
        seconds.map { (Int($0.totalCount), Double($0.valueAtPercentile(99)) / 1_000) }
    }

    /// Microseconds below which this per cent of the good ones were.
    func microseconds(_ percentile: Double) -> Double {
        Double(latencies.valueAtPercentile(percentile)) / 1_000
    }
}
