#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A repeatable source of randomness; a failing test names its seed, and `SEED=n` replays it.
struct Seed: RandomNumberGenerator {
    let value: UInt64
    private var state: UInt64

    init(_ value: UInt64) {
        self.value = value
        state = value
    }

    /// The seed of the environment, or a new one.
    static func chosen() -> Seed {
        let given = getenv("SEED").flatMap { UInt64(String(cString: $0)) }
        return Seed(given ?? UInt64.random(in: 0...1_000_000))
    }

    mutating func next() -> UInt64 {
        // SplitMix64
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
