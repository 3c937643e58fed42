extension FigureKind {
    /// Replays that got the first call's answer.
    static let replays = FigureKind("replays", "replays", unit: "1", better: .higher)
}
