/// Which way a figure gets better.
enum Better: String, Codable, Sendable {
    case higher, lower

    /// Whether the first is better than the second.
    func prefers(_ first: Double, to second: Double) -> Bool {
        self == .higher ? first > second : first < second
    }
}
