/// What doesn't belong into the code: traps in disguise, output from libraries, waiting in tests, private notes.
enum ForbiddenRule {
    /// What is forbidden everywhere; to a library printing too, to a test waiting for time instead of a signal.
    static func violations(in source: ScannedSource, isLibrary: Bool, isTest: Bool) -> [Violation] {
        var violations: [Violation] = []
        var previous: Word?
        for word in source.words {
            let isCall = word.after.hasPrefix("(") && previous?.text != "func"
            previous = word
            let message: String? =
                switch word.text {
                case "try" where word.after.hasPrefix("!"): "try! traps without a sentence"
                case "as" where word.after.hasPrefix("!"): "as! traps without a sentence"
                case "print", "debugPrint":
                    isLibrary && isCall && word.before != "." ? "a library doesn't print" : nil
                case "sleep", "usleep", "nanosleep", "clock_nanosleep":
                    isTest && isCall && !isMethodOfClock(word, source) ? "a test doesn't sleep" : nil
                default: nil
                }
            if let message { violations.append(Violation(path: source.path, line: word.line, message: message)) }
        }
        return violations + notes(path: source.path, lines: source.text)
    }

    /// Notes to oneself and paths of one's own machine, in any file.
    static func notes(path: String, lines: [String]) -> [Violation] {
        var violations: [Violation] = []
        for (index, line) in lines.enumerated() {
            let words = Set(line.split { !$0.isLetter }.map(String.init))
            for note in notesToOneself where words.contains(note) {
                violations.append(Violation(path: path, line: index + 1, message: "\(note): do it, or leave it"))
            }
            for folder in machineFolders where line.contains("/\(folder)/") {
                violations.append(
                    Violation(path: path, line: index + 1, message: "/\(folder)/ is a place of one machine alone"))
            }
        }
        return violations
    }

    // Put together, so that this file doesn't break its own rule.
    private static let notesToOneself = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
    private static let machineFolders = ["home", "root", "tmp", "work", "Users"]

    /// A manual clock may be asked to sleep: that takes no time.
    private static func isMethodOfClock(_ word: Word, _ source: ScannedSource) -> Bool {
        let line = source.code[word.line - 1]
        return word.before == "." && !line.contains("Task.sleep") && !line.contains("Thread.sleep")
    }
}
