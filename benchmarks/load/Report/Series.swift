/// How something moved: over time, or over the rate that was offered.
struct Series: Codable, Hashable, Sendable {
    /// Such as `p99`.
    var name: String
    /// That of y.
    var unit: String
    /// What x is: `s` for time, or a name such as `offered 1/s`.
    var x: String
    var points: [Point]

    /// In JSON `[x, y]`.
    struct Point: Hashable, Sendable {
        var x: Double
        var y: Double

        init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }
}

extension Series.Point: Codable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        x = try container.decode(Double.self)
        y = try container.decode(Double.self)
        guard container.isAtEnd else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a point is [x, y]")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(x)
        try container.encode(y)
    }
}
