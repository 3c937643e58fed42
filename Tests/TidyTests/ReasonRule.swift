/// What the compiler can't check, and what outlives its caller, has its reason beside it, in writing.
enum ReasonRule {
    static func violations(in source: ScannedSource) -> [Violation] {
        var found: [(line: Int, what: String)] = []
        var previous: Word?
        for word in source.words {
            if word.text == "unchecked", word.before == "@" {
                found.append((word.line, "@unchecked"))
            } else if word.text == "nonisolated", word.after.hasPrefix("(unsafe)") {
                found.append((word.line, "nonisolated(unsafe)"))
            } else if word.text == "Task", word.before != ".", previous?.text != "extension", isStart(word.after) {
                found.append((word.line, "an unstructured task"))
            }
            previous = word
        }
        return found.filter { !hasReason(source, line: $0.line) }.map {
            Violation(path: source.path, line: $0.line, message: "\($0.what) needs its reason, in a comment just above")
        }
    }

    private static func isStart(_ after: Substring) -> Bool {
        ["{", "(", ".detached", ".immediate"].contains { after.hasPrefix($0) }
    }

    /// Whether a comment says why: at the line's end, or in the comment that ends on the line above.
    ///
    /// Documentation counts where it speaks of sharing; else any documented class would pass.
    private static func hasReason(_ source: ScannedSource, line: Int) -> Bool {
        if isReason(source.comments[line - 1]) { return true }
        var above = line - 2
        while above >= 0, source.code[above].allSatisfy({ $0 == " " }) {
            let comment = source.comments[above]
            guard comment.contains(where: { $0 != " " }) else { return false }
            if isReason(comment) { return true }
            above -= 1
        }
        return false
    }

    private static func isReason(_ comment: String) -> Bool {
        let text = comment.drop { $0 == " " }
        guard text.count(where: \.isLetter) >= 10 else { return false }
        guard text.hasPrefix("///") else { return true }
        return ["Sendable", "thread", "lock", "loop", "isolated"].contains { text.contains($0) }
    }
}
