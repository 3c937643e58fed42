import ArgumentParser

/// A latency as people write it: `500us`, `10ms`, `2s`.
struct LatencyTarget: ExpressibleByArgument, Hashable, Sendable {
    var microseconds: Double

    init(microseconds: Double) { self.microseconds = microseconds }

    init?(argument: String) {
        let units: [(String, Double)] = [("us", 1), ("µs", 1), ("ms", 1_000), ("s", 1_000_000)]
        guard let (suffix, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(suffix.count)), number > 0, number * factor <= 60_000_000
        else { return nil }
        microseconds = number * factor
    }

    var defaultValueDescription: String { description }

    var description: String { NumberText.value(microseconds, unit: "µs") }
}
