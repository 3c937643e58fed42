/// The simulator's only source of chance: SplitMix64, so that a seed repeats a whole run.
package struct SeededRandom: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// An id in Stripe's form: prefix and 24 letters and digits.
    mutating func identifier(_ prefix: String) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let characters = (0..<24).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] }
        return "\(prefix)_\(String(decoding: characters, as: UTF8.self))"
    }
}
