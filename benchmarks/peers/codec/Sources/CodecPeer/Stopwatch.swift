import Foundation

/// Times work in the CPU time of this thread, so that a busy machine disturbs it less than it would a clock.
struct Stopwatch {
    /// Nanoseconds that a sample takes, about.
    let sampleNanoseconds: Double

    /// Nanoseconds of one call of `work`, which returns something of its result.
    func measure(calls: Int, _ work: () throws -> Int) rethrows -> Double {
        var sum = 0
        let start = Self.now
        for _ in 0..<calls { sum &+= try work() }
        let end = Self.now
        Self.keep(sum)
        return Double(end - start) / Double(calls)
    }

    /// How often `work` runs in one sample; warms it up as well.
    func calls(of work: () throws -> Int) rethrows -> Int {
        var calls = 1
        while true {
            let time = try measure(calls: calls, work) * Double(calls)
            guard time < sampleNanoseconds / 4 else { return max(1, Int(Double(calls) * sampleNanoseconds / time)) }
            calls *= 4
        }
    }

    private static var now: UInt64 { clock_gettime_nsec(CLOCK_THREAD_CPUTIME_ID) }

    private static func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Makes a value one that is needed.
    @inline(never)
    @_optimize(none)
    private static func keep(_ value: Int) {}
}
