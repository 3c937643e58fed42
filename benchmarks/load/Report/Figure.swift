/// A figure with its unit, as the runs gave it.
struct Figure: Hashable, Sendable {
    /// Such as `1/s` or `µs`; `1` for what has none.
    let unit: String
    let better: Better
    let spread: Spread

    /// Nil where the values make no spread.
    init?(_ values: [Double], unit: String, better: Better) {
        guard let spread = Spread(values) else { return nil }
        self.unit = unit
        self.better = better
        self.spread = spread
    }
}

extension Figure: Codable {
    private enum CodingKeys: String, CodingKey {
        case unit, better
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        unit = try container.decode(String.self, forKey: .unit)
        better = try container.decode(Better.self, forKey: .better)
        spread = try Spread(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(unit, forKey: .unit)
        try container.encode(better, forKey: .better)
        try spread.encode(to: encoder)
    }
}
