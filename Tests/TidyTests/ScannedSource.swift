/// A source file taken apart: its code without strings and comments, and its comments, line by line.
///
/// Only as much of Swift's grammar as that needs; the contents of an interpolation count as code, those of a regex
/// literal too.
struct ScannedSource {
    /// From the package's root, with slashes.
    let path: String
    /// The text as it is, line by line.
    let text: [String]
    /// The code: what stands in strings and comments is replaced by spaces, so that columns stay.
    let code: [String]
    /// The comments, with their slashes: all else is replaced by spaces.
    let comments: [String]

    init(path: String, text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.scanFile()
        self.path = path
        self.text = Self.lines(Array(text.utf8))
        self.code = Self.lines(scanner.code)
        self.comments = Self.lines(scanner.comments)
    }

    /// The file's name without folder and extension.
    var baseName: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "." })
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

private struct Scanner {
    private let bytes: [UInt8]
    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        let blank = bytes.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        self.code = blank
        self.comments = blank
    }

    mutating func scanFile() {
        while index < bytes.count { scanCode() }
    }

    /// Scans code to the end, or beyond the parenthesis that closes an interpolation.
    private mutating func scanCode() {
        var depth = 0
        while index < bytes.count {
            if at("//") {
                scanLineComment()
            } else if at("/*") {
                scanBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                scanString(hashes: hashes)
            } else {
                let byte = bytes[index]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                code[index] = byte
                index += 1
                if depth < 0 { return }
            }
        }
    }

    private mutating func scanLineComment() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            comments[index] = bytes[index]
            index += 1
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        while index < bytes.count {
            let delimiter = at("/*") ? 1 : at("*/") ? -1 : 0
            depth += delimiter
            for _ in 0..<(delimiter == 0 ? 1 : 2) {
                comments[index] = bytes[index]
                index += 1
            }
            if depth == 0 { return }
        }
    }

    /// How many number signs open a string here; nil where none begins.
    private func hashesBeforeQuote() -> Int? {
        var end = index
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        return end - index
    }

    private mutating func scanString(hashes: Int) {
        let signs = String(repeating: "#", count: hashes)
        index += hashes
        let quotes = at("\"\"\"") ? "\"\"\"" : "\""
        index += quotes.utf8.count
        while index < bytes.count {
            if at(quotes + signs) {
                index += quotes.utf8.count + hashes
                return
            } else if at("\\" + signs + "(") {
                index += hashes + 2
                code[index - 1] = UInt8(ascii: "(")
                scanCode()
            } else if hashes == 0, at("\\") {
                index += 2
            } else if quotes.utf8.count == 1, bytes[index] == UInt8(ascii: "\n") {
                return
            } else {
                index += 1
            }
        }
    }

    private func at(_ token: String) -> Bool {
        var position = index
        for byte in token.utf8 {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
        }
        return true
    }
}
