import Foundation

/// Where the tool writes: figures on standard output, all else on standard error.
enum Output {
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func error(_ text: String) {
        FileHandle.standardError.write(Data(("remit-load: " + text + "\n").utf8))
    }

    /// What was found on the way.
    static func note(_ text: String) {
        progress("")
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Replaces the line that tells how far it is; on a terminal only.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + text).utf8))
    }
}
