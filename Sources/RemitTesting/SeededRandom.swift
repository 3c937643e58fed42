import Foundation
import RemitDomain
import Synchronization

/// Random numbers that a seed replays: SplitMix64.
///
/// For a test's choices, and as the code's own randomness.
package final class SeededRandom: Randomness, RandomNumberGenerator {
    /// What replays it.
    package let seed: UInt64
    private let state: Mutex<UInt64>

    package init(seed: UInt64) {
        self.seed = seed
        state = Mutex(seed)
    }

    /// A run of its own, named in the output with its seed; the environment's `SEED` replays a run that failed.
    package convenience init(printedAs name: String) {
        let given = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0..<1_000_000_000)
        FileHandle.standardError.write(Data("\(name): seed \(seed) (replay with SEED=\(seed))\n".utf8))
        self.init(seed: seed)
    }

    package func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    /// A number of the range.
    package func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True once in so many times.
    package func isOnce(in times: Int) -> Bool { next() % UInt64(times) == 0 }

    /// One of the elements.
    package func pick<Element>(_ elements: [Element]) -> Element { elements[number(in: 0...(elements.count - 1))] }

    /// Another stream that the same seed replays, so that parts of a run don't shift each other's choices.
    package func fork() -> SeededRandom { SeededRandom(seed: next()) }
}
