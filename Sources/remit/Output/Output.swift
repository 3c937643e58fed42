import Foundation

/// What a command shows: a table for people, or JSON for programs.
protocol Viewed: Encodable {
    /// The lines for people.
    var lines: [String] { get }
}

/// Writes views as the caller asked.
struct Output {
    /// Whether JSON was asked for.
    var json: Bool

    func show(_ view: some Viewed) throws {
        guard json else {
            for line in view.lines { Terminal.line(line) }
            return
        }
        Terminal.line(try Self.text(of: view))
    }

    /// One object on one line, with its keys in a fixed order.
    ///
    /// The names are the contract's in lower camel case; enums are their lower-case names without prefix.
    static func text(of view: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(view), as: UTF8.self)
    }
}

/// Milliseconds since 1970 as people read them, in UTC.
func timeText(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// Minor units with their currency, such as `10000 usd`.
func moneyText(_ amount: Int64, _ currency: String) -> String { "\(amount) \(currency)" }
