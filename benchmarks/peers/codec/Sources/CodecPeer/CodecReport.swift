import Foundation

/// All figures of a run, for people and for programs.
struct CodecReport {
    let paymentBytes: Int
    let listCount: Int
    let results: [Comparison]

    var table: String {
        var lines = ["A payment of \(paymentBytes) bytes; a list of \(listCount). Nanoseconds of CPU time per call."]
        lines.append(Self.row(["", "Remit", "swift-protobuf", "ratio", "lowest", "highest"]))
        for result in results {
            lines.append(
                Self.row([
                    result.name, Self.number(Spread(result.remit).median, 0),
                    Self.number(Spread(result.swiftProtobuf).median, 0), Self.number(result.ratio.median, 2),
                    Self.number(result.ratio.low, 2), Self.number(result.ratio.high, 2),
                ]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// For each side and kind of work, nanoseconds of each round.
    func write(to path: String) throws {
        let sides = ["remit": results.map(\.remit), "swift-protobuf": results.map(\.swiftProtobuf)]
        let figures = sides.mapValues { Dictionary(uniqueKeysWithValues: zip(results.map(\.name), $0)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(figures) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }

    private static func row(_ cells: [String]) -> String {
        cells.enumerated().map { column, cell in
            let padding = String(repeating: " ", count: max(0, 15 - cell.count))
            return column == 0 ? cell + padding : padding + cell
        }.joined()
    }

    private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
