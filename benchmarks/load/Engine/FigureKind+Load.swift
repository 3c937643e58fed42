extension FigureKind {
    /// The most that the server answered, at any load of the run.
    static let peak = FigureKind("peak", "peak", unit: "1/s", better: .higher)
    /// Calls a second that were sent.
    static let offered = FigureKind("offered", "sent", unit: "1/s", better: .higher)
    /// The highest rate that a sweep found to hold.
    static let rateFound = FigureKind("rateFound", "highest rate", unit: "1/s", better: .higher)
    /// The writer's answers a second, while readers read.
    static let writes = FigureKind("writes", "writes", unit: "1/s", better: .higher)
    /// Calls that their caller cancelled.
    static let cancelled = FigureKind("cancelled", "cancelled", unit: "1", better: .higher)
    /// Calls that the server still has under way when no caller waits any more.
    static let callsLeft = FigureKind("callsLeft", "calls left", unit: "1", better: .lower)
    /// Descriptors that the server holds more than before.
    static let descriptorsLeft = FigureKind("descriptorsLeft", "descriptors left", unit: "1", better: .lower)
    /// Of the tenants other than the noisy one: without it, and with it.
    static let quietP99 = FigureKind("quietP99", "others' p99 without the noisy", unit: "µs", better: .lower)
    static let noisyP99 = FigureKind("noisyP99", "others' p99 with it", unit: "µs", better: .lower)
    /// Replays that got the first call's answer.
    static let replays = FigureKind("replays", "replays", unit: "1", better: .higher)
}
