/// Takes values from bytes that may be anything; nil where there are too few.
struct JournalReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() -> UInt8? { integer() }
    mutating func int16() -> UInt16? { integer() }
    mutating func int32() -> UInt32? { integer() }
    mutating func int64() -> Int64? { integer() }
    mutating func word() -> UInt64? { integer() }

    /// So many bytes, where they lie.
    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>() -> T? {
        bytes(MemoryLayout<T>.size).map { T(littleEndian: $0.loadUnaligned(as: T.self)) }
    }
}
