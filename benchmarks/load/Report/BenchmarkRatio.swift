/// One side's figure against another's, round by round, with what it must be.
struct BenchmarkRatio: Hashable, Sendable {
    /// Such as “Create, durable, 1 tenant”.
    var name: String
    /// Whose figure it is.
    var of: String
    /// Whose figure it is divided by (for a figure that is better low and a ratio that is better high: divides it).
    var to: String
    /// The figure's name.
    var figure: String
    /// `higher`, unless JSON says otherwise.
    var better: Better
    /// What it has to reach without excuse; nil where it is printed only.
    var must: Double?
    /// What is aimed at.
    var goal: Double?
    /// One value per round.
    var spread: Spread

    /// Nil where the values make no spread.
    init?(
        _ name: String, of: String = BenchmarkResult.ownSide, to: String, figure: String, values: [Double],
        better: Better = .higher, must: Double? = nil, goal: Double? = nil
    ) {
        guard let spread = Spread(values) else { return nil }
        self.name = name
        self.of = of
        self.to = to
        self.figure = figure
        self.better = better
        self.must = must
        self.goal = goal
        self.spread = spread
    }

    /// What the median is, held against `must` and `goal`.
    enum Standing: String, Sendable {
        case goalMet, mustMet, mustMissed
        /// Nothing was demanded, or aimed at only and not reached.
        case shown
    }

    var standing: Standing {
        guard must != nil || goal != nil else { return .shown }
        if let must, better.prefers(must, to: spread.median) { return .mustMissed }
        if let goal, !better.prefers(goal, to: spread.median) { return .goalMet }
        return must == nil ? .shown : .mustMet
    }
}

extension BenchmarkRatio: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, of, to, figure, better, must, goal, standing
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        of = try container.decode(String.self, forKey: .of)
        to = try container.decode(String.self, forKey: .to)
        figure = try container.decode(String.self, forKey: .figure)
        better = try container.decodeIfPresent(Better.self, forKey: .better) ?? .higher
        must = try container.decodeIfPresent(Double.self, forKey: .must)
        goal = try container.decodeIfPresent(Double.self, forKey: .goal)
        spread = try Spread(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(of, forKey: .of)
        try container.encode(to, forKey: .to)
        try container.encode(figure, forKey: .figure)
        try container.encode(better, forKey: .better)
        try container.encodeIfPresent(must, forKey: .must)
        try container.encodeIfPresent(goal, forKey: .goal)
        // For other programs; here it is told by the median and the bounds, which can't contradict it.
        try container.encode(standing.rawValue, forKey: .standing)
        try spread.encode(to: encoder)
    }
}
