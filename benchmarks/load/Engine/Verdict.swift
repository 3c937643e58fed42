/// A ratio that was found in one run, some times over, and what its median must be.
struct Verdict: Sendable {
    /// Such as “Goodput at 3× the peak”.
    var name: String
    /// What it is divided by.
    var to: String
    var figure: FigureKind
    /// Never empty.
    var values: [Double]
    var better = Better.higher
    var must: Double

    var median: Double { Spread(values)?.median ?? .nan }
    var isReached: Bool { !better.prefers(must, to: median) }
}
