/// The figures of some runs, their middle, and how far they lie apart.
///
/// In JSON all four stand beside each other. A reader takes the values alone, and counts the rest anew.
struct Spread: Hashable, Sendable {
    /// One per run, in the order of the runs; never empty, always finite.
    let values: [Double]
    let median: Double
    let low: Double
    let high: Double

    /// Nil without values, and where one of them is no number: a division by nothing is no figure.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let low = sorted.first, let high = sorted.last, values.allSatisfy(\.isFinite) else { return nil }
        let middle = sorted.count / 2
        self.values = values
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.low = low
        self.high = high
    }

    /// Half the distance from low to high, in per cent of the median; 0 when the median is 0.
    var percent: Int {
        guard median != 0 else { return 0 }
        let percent = (high - low) / 2 / abs(median) * 100
        return Int(min(percent, 1_000_000).rounded())
    }
}

extension Spread: Codable {
    private enum CodingKeys: String, CodingKey {
        case values, median, low, high
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let spread = Spread(try container.decode([Double].self, forKey: .values)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container, debugDescription: "there are no values")
        }
        self = spread
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(values, forKey: .values)
        try container.encode(median, forKey: .median)
        try container.encode(low, forKey: .low)
        try container.encode(high, forKey: .high)
    }
}
