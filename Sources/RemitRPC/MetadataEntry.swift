/// One pair of a call's metadata.
public struct MetadataEntry: Sendable, Hashable {
    /// Lower-case ASCII letters, digits, `-`, `_` and `.`, 1 to 128 bytes.
    public var key: String
    /// Any text.
    public var value: String

    /// The pair of `key` and `value`.
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
