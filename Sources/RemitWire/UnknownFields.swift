/// Fields that a message's definition doesn't name, kept as they came and in their order.
///
/// They are written again after the known fields, so that a message that passes through an older
/// program loses nothing.
public struct UnknownFields: Hashable, Sendable {
    /// The fields' bytes, tags included.
    public private(set) var bytes: [UInt8] = []

    /// No unknown fields.
    public init() {}

    /// Whether there are none.
    public var isEmpty: Bool { bytes.isEmpty }

    @usableFromInline
    mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) {
        source.extracting(range).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}
