/// Why a server or a command can't start or go on: a sentence that says what to do next.
package struct StartupError: Error, Hashable, CustomStringConvertible {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
