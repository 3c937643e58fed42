/// A word of code, and what stands around it.
struct Word: Equatable {
    let text: String
    /// From 1.
    let line: Int
    /// The last character before it on its line that isn't a space.
    let before: Character?
    /// What follows it on its line, without leading spaces.
    let after: Substring
    /// Whether it is the first word of its line, with nothing before it.
    var isFirst: Bool { before == nil }
}

extension Word {
    /// All words of a line of code.
    static func words(of code: String, line: Int) -> [Word] {
        var words: [Word] = []
        var before: Character?
        var rest = code[...]
        while let first = rest.first {
            if first.isLetter || first == "_" {
                let text = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(text.count)
                words.append(Word(text: String(text), line: line, before: before, after: rest.drop { $0 == " " }))
                before = text.last
            } else {
                if first != " " { before = first }
                rest = rest.dropFirst()
            }
        }
        return words
    }
}

extension ScannedSource {
    /// All words of the code.
    var words: [Word] {
        code.enumerated().flatMap { Word.words(of: $1, line: $0 + 1) }
    }
}
