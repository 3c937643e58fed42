import Glibc
import RemitDomain
import Synchronization

/// The system's random generator, asked for many bits at a time: each question is a system call.
package struct SystemRandomness: Randomness {
    /// Words asked for at once: those of some twenty new payments, and the most that the system gives at once.
    private static let wordsAtOnce = 32
    private static let words = Mutex<[UInt64]>([])

    package init() {}

    package func next() -> UInt64 {
        Self.words.withLock { words in
            if words.isEmpty { words = Self.ask() }
            return words.removeLast()
        }
    }

    private static func ask() -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordsAtOnce)
        let code = words.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) } ?? -1
        }
        precondition(code == 0, "The system gave no random bits.")
        return words
    }
}
