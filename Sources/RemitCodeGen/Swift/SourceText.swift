/// Source code that grows line by line, indented by four spaces a level.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ line: String = "") {
        if !line.isEmpty { text += String(repeating: "    ", count: depth) + line }
        text += "\n"
    }

    mutating func block(_ opening: String, _ body: (inout SourceText) -> Void) {
        line(opening + " {")
        indented(body)
        line("}")
    }

    mutating func indented(_ body: (inout SourceText) -> Void) {
        depth += 1
        body(&self)
        depth -= 1
    }

    /// A comment of a .proto file as documentation; `fallback` if there is none.
    mutating func documentation(_ comment: String, fallback: String) {
        var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return line.first == " " ? String(line.dropFirst()) : String(line)
        }
        while lines.last == "" { lines.removeLast() }
        if lines.isEmpty { lines = [fallback] }
        for documented in lines { line(documented.isEmpty ? "///" : "/// " + documented) }
    }
}
