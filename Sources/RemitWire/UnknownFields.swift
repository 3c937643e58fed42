/// Fields that a message's definition doesn't name, kept as they came and in their order.
///
/// They are written again after the known fields, so that a message that passes through an older
/// program loses nothing.
public struct UnknownFields: Hashable, Sendable {
    @usableFromInline var stored: [UInt8] = []

    /// No unknown fields.
    @inlinable
    public init() {}

    /// The fields' bytes, tags included.
    @inlinable
    public var bytes: [UInt8] { stored }

    /// Whether there are none.
    @inlinable
    public var isEmpty: Bool { stored.isEmpty }

    @usableFromInline
    mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) {
        source.extracting(range).withUnsafeBufferPointer { stored.append(contentsOf: $0) }
    }
}
