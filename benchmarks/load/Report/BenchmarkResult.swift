/// What one side did under one load: one scenario, one shape, all runs.
struct BenchmarkResult: Codable, Hashable, Sendable {
    /// Such as `create`.
    var scenario: String
    /// `remit`, or a peer's name.
    var side: String
    var shape: Shape
    /// By name; see `FigureKind`.
    var figures: [String: Figure]
    /// Over time, or over the offered rate; nil where there is none.
    var series: [Series]?

    /// The side that is this project's.
    static let ownSide = "remit"

    init(scenario: String, side: String = ownSide, shape: Shape = [:]) {
        self.scenario = scenario
        self.side = side
        self.shape = shape
        figures = [:]
    }

    /// A figure of a known kind.
    subscript(kind: FigureKind) -> Figure? { figures[kind.name] }

    /// Takes a figure's values, one per run; without values there is no figure.
    mutating func set(_ kind: FigureKind, _ values: [Double]) {
        figures[kind.name] = Figure(values, unit: kind.unit, better: kind.better)
    }

    /// Takes a line of a chart.
    mutating func add(_ line: Series) {
        series = (series ?? []) + [line]
    }

    /// Two results of the same identity are comparable.
    struct Identity: Hashable, Sendable {
        var scenario: String
        var side: String
        var shape: Shape
    }

    var identity: Identity { Identity(scenario: scenario, side: side, shape: shape) }
}
