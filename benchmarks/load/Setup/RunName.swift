import Synchronization

/// Keeps order ids and idempotency keys of different runs apart, those of other processes too.
enum RunName {
    private static let process = String(UInt64.random(in: .min ... .max), radix: 36)
    private static let count = Atomic<Int>(0)

    static func next() -> String {
        "\(process)-\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    }
}
