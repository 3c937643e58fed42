import Foundation
import Glibc
package import Logging

/// Writes each log event as one line: JSON for machines, coloured text for a terminal.
package struct LineLogHandler: LogHandler {
    /// How a line looks.
    package enum Format: Sendable { case json, text }

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let format: Format
    private let write: @Sendable (String) -> Void

    /// A handler that hands each line, without its newline, to `write`; standard error by default.
    package init(
        label: String, level: Logger.Level, format: Format,
        write: @escaping @Sendable (String) -> Void = Self.standardError
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.write = write
    }

    /// Writes a line to standard error in one call, so that lines of two threads don't mix.
    package static let standardError: @Sendable (String) -> Void = { line in
        var line = line + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The format that `name` (auto, json, text) means: auto is text on a terminal.
    package static func format(named name: String) -> Format {
        switch name {
        case "json": .json
        case "text": .text
        default: isatty(STDERR_FILENO) == 1 ? .text : .json
        }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        write(format == .json ? json(event, all) : text(event, all))
    }

    private func json(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
        var fields = metadata.mapValues(\.description)
        fields["at"] = LogTimestamp.now()
        fields["level"] = event.level.rawValue
        fields["label"] = label
        fields["message"] = event.message.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A dictionary of strings always encodes.
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private func text(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
        let colour =
            switch event.level {
            case .trace, .debug: "\u{1B}[2m"
            case .info, .notice: "\u{1B}[32m"
            case .warning: "\u{1B}[33m"
            case .error, .critical: "\u{1B}[31m"
            }
        let level = event.level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        let rest = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(LogTimestamp.now()) \(colour)\(level)\u{1B}[0m \(event.message)\u{1B}[2m\(rest)\u{1B}[0m"
    }
}
