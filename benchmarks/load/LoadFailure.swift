/// Why nothing could be measured, as a sentence.
struct LoadFailure: Error {
    var message: String
    /// Whether the connection's settings are at fault.
    var isSetup: Bool

    init(_ message: String, isSetup: Bool = true) {
        self.message = message
        self.isSetup = isSetup
    }
}
