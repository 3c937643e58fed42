/// Files and functions are small enough to be read at once.
enum SizeRule {
    static let linesOfFileMax = 800
    static let linesOfFunctionMax = 70

    static func violations(in source: ScannedSource) -> [Violation] {
        var violations = functions(of: source).filter { $0.lines > linesOfFunctionMax }.map {
            Violation(
                path: source.path, line: $0.line,
                message: "\($0.name) has \($0.lines) lines, \(linesOfFunctionMax) are allowed")
        }
        // The last line's end makes one more, empty.
        let lines = source.text.count - (source.text.last == "" ? 1 : 0)
        if lines > linesOfFileMax {
            violations.append(
                Violation(
                    path: source.path, line: 1, message: "the file has \(lines) lines, \(linesOfFileMax) are allowed"))
        }
        return violations
    }

    struct Function: Equatable {
        var name: String
        /// Where it begins, from 1.
        var line: Int
        /// From its keyword to its closing brace.
        var lines: Int
    }

    /// All functions with a body: initializers, subscripts, computed properties and local ones too.
    static func functions(of source: ScannedSource) -> [Function] {
        source.words.compactMap { word in
            guard ["func", "init", "deinit", "subscript", "var"].contains(word.text), word.before != "." else {
                return nil
            }
            if word.text == "init", !["(", "?", "<", "!"].contains(word.after.first) { return nil }
            guard let end = endOfBody(in: source, of: word) else { return nil }
            let name =
                ["func", "var"].contains(word.text)
                ? String(word.after.prefix { $0.isLetter || $0.isNumber }) : word.text
            return Function(name: name, line: word.line, lines: end - word.line + 1)
        }
    }

    private static let beginners: Set = [
        "actor", "associatedtype", "case", "class", "deinit", "enum", "extension", "fileprivate", "final", "func",
        "import", "init", "internal", "let", "mutating", "nonisolated", "package", "private", "protocol", "public",
        "return", "static", "struct", "subscript", "typealias", "var",
    ]

    /// The line of the brace that closes the body; nil where there is no body (a protocol's requirement).
    private static func endOfBody(in source: ScannedSource, of keyword: Word) -> Int? {
        var parentheses = 0
        var braces = 0
        var line = keyword.line
        var code = keyword.after
        while true {
            for character in code {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "=" where keyword.text == "var" && braces == 0 && parentheses == 0: return nil
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}" where braces == 1: return line
                case "}" where braces == 0 && parentheses == 0: return nil
                case "}" where braces > 0: braces -= 1
                default: break
                }
            }
            guard line < source.code.count else { return nil }
            code = source.code[line][...]
            line += 1
            if braces == 0, parentheses == 0, keyword.text == "var" || isBeginning(code) { return nil }
        }
    }

    /// Whether a line begins another declaration or statement, so that what came before it had no body.
    private static func isBeginning(_ code: Substring) -> Bool {
        let code = code.drop { $0 == " " }
        return code.hasPrefix("@") || beginners.contains(String(code.prefix { $0.isLetter }))
    }
}
