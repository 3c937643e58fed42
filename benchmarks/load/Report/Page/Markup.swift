import Foundation

/// HTML or SVG, in which literals stand as they are and every text that is put in is escaped.
struct Markup: Hashable, Sendable, ExpressibleByStringInterpolation {
    let text: String

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Any text, in an element or a quoted attribute.
        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": self.text += "&amp;"
                case "<": self.text += "&lt;"
                case ">": self.text += "&gt;"
                case "\"": self.text += "&quot;"
                case "'": self.text += "&#39;"
                case "\t", "\n": self.text.unicodeScalars.append(scalar)
                // No control character may stand in a document.
                case "\0"..." ", "\u{7F}"..."\u{9F}": self.text += scalar == " " ? " " : "\u{FFFD}"
                default: self.text.unicodeScalars.append(scalar)
                }
            }
        }

        mutating func appendInterpolation(_ markup: Markup) {
            text += markup.text
        }

        mutating func appendInterpolation(_ list: [Markup]) {
            for markup in list { text += markup.text }
        }

        mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        /// A coordinate: a hundredth is finer than any screen.
        mutating func appendInterpolation(_ number: Double) {
            let isDrawable = number.isFinite && abs(number) < 1e9
            text += isDrawable ? String(format: "%.2f", number) : "0"
        }
    }
}
