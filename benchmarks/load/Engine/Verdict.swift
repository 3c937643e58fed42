/// A ratio that was found in one run, and what it must be.
struct Verdict: Sendable {
    /// Such as “Goodput at 3× the peak”.
    var name: String
    /// What it is divided by.
    var to: String
    var figure: FigureKind
    var value: Double
    var better = Better.higher
    var must: Double

    var isReached: Bool { !better.prefers(must, to: value) }
}
