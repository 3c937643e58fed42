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
                    result.title, Self.number(Spread(result.remit).median, 0),
                    Self.number(Spread(result.swiftProtobuf).median, 0), Self.number(result.ratio.median, 2),
                    Self.number(result.ratio.low, 2), Self.number(result.ratio.high, 2),
                ]))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// For each side and kind of work, nanoseconds of each round.
    func write(to path: String) throws {
        var figures: [String: [String: [Double]]] = [:]
        for result in results {
            figures[result.way.side, default: [:]][result.name] = result.remit
            figures["swift-protobuf", default: [:]][result.name, default: []] += result.swiftProtobuf
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(figures) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }

    private static func row(_ cells: [String]) -> String {
        cells.enumerated().map { column, cell in
            let padding = String(repeating: " ", count: max(0, (column == 0 ? 20 : 15) - cell.count))
            return column == 0 ? cell + padding : padding + cell
        }.joined()
    }

    private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
