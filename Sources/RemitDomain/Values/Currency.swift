/// An ISO 4217 currency that is in use.
package struct Currency: Hashable, Sendable {
    /// Three lower-case letters, packed, first letter highest.
    private let packed: UInt32

    private init(packed: UInt32) {
        self.packed = packed
    }
}
