/// Why nothing can be generated; its message is for the author of the .proto file.
package struct GenerationError: Error, Hashable, Sendable {
    /// A full sentence that names the file, type or option.
    package var message: String

    /// Creates an error.
    package init(_ message: String) { self.message = message }
}
