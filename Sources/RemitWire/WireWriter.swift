// Unchecked: the buffer is the writer's own, and a writer can't be copied, so only one thread ever reaches it.
/// Writes messages back to front, so that the length of each nested message is known when it is its turn.
///
/// What is written later stands earlier: a message writes its last field first, a field its value before its
/// tag. A writer keeps its buffer; after ``reset()`` it writes the next message without an allocation.
public struct WireWriter: ~Copyable, @unchecked Sendable {
    /// What a writer keeps at most when it is reset: one large message shouldn't hold memory for good.
    public static let keptCapacityMax = 256 << 10

    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// The position of the first byte that is written; all bytes behind it are written too.
    @usableFromInline var head: Int

    /// An empty writer with room for `capacity` bytes; it grows as needed.
    @inlinable
    public init(capacity: Int = 512) {
        let capacity = Swift.max(capacity, 16)
        base = .allocate(capacity: capacity)
        self.capacity = capacity
        head = capacity
    }

    deinit { base.deallocate() }

    /// The number of bytes written since the last reset.
    @inlinable
    public var count: Int { capacity - head }

    /// Forgets what was written and keeps the buffer, up to ``keptCapacityMax``.
    @inlinable
    public mutating func reset() {
        if capacity > Self.keptCapacityMax { replaceBuffer(capacity: Self.keptCapacityMax, keeping: 0) }
        head = capacity
    }

    /// Lends the written bytes for the time of the call.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let written = UnsafeBufferPointer(start: base + head, count: count)
        return try body(written.span)
    }

    /// The written bytes, copied.
    @inlinable
    public var array: [UInt8] {
        Array(UnsafeBufferPointer(start: base + head, count: count))
    }

    /// Makes room for `size` more bytes in front.
    @inlinable
    mutating func reserve(_ size: Int) {
        guard head < size else { return }
        replaceBuffer(capacity: Swift.max(capacity * 2, count + size), keeping: count)
    }

    @usableFromInline
    mutating func replaceBuffer(capacity newCapacity: Int, keeping kept: Int) {
        let replacement = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
        (replacement + (newCapacity - kept)).update(from: base + head, count: kept)
        base.deallocate()
        base = replacement
        capacity = newCapacity
        head = newCapacity - kept
    }
}

extension WireWriter {
    /// Writes a varint in its shortest form.
    @inlinable
    @inline(__always)
    public mutating func writeVarint(_ value: UInt64) {
        guard value < 0x80 else { return writeLongVarint(value) }
        reserve(1)
        head -= 1
        base[head] = UInt8(truncatingIfNeeded: value)
    }

    @usableFromInline
    mutating func writeLongVarint(_ value: UInt64) {
        reserve(10)
        var position = head - (70 - value.leadingZeroBitCount) / 7
        head = position
        var rest = value
        while rest >= 0x80 {
            base[position] = UInt8(truncatingIfNeeded: rest) | 0x80
            position += 1
            rest >>= 7
        }
        base[position] = UInt8(truncatingIfNeeded: rest)
    }

    /// Writes a field's tag; a constant one costs a store or two.
    @inlinable
    @inline(__always)
    public mutating func writeTag(_ tag: UInt32) {
        guard tag >= 0x80, tag < 0x4000 else { return writeVarint(UInt64(tag)) }
        reserve(2)
        head -= 2
        base[head] = UInt8(truncatingIfNeeded: tag) | 0x80
        base[head + 1] = UInt8(truncatingIfNeeded: tag >> 7)
    }

    /// Writes a number little-endian, in its type's width.
    @inlinable
    public mutating func writeFixed<Number: FixedWidthInteger>(_ value: Number) {
        let width = MemoryLayout<Number>.size
        reserve(width)
        head -= width
        UnsafeMutableRawPointer(base + head).storeBytes(of: value.littleEndian, as: Number.self)
    }

    /// Writes a string with its length.
    @inlinable
    public mutating func writeString(_ value: String) {
        let utf8 = value.utf8
        let size = utf8.count
        reserve(size)
        head -= size
        let target = base + head
        let copied: Void? = utf8.withContiguousStorageIfAvailable { source in
            if let start = source.baseAddress { target.update(from: start, count: size) }
        }
        if copied == nil {
            for (position, byte) in utf8.enumerated() { target[position] = byte }
        }
        writeVarint(UInt64(size))
    }

    /// Writes bytes with their length.
    @inlinable
    public mutating func writeBytes(_ value: [UInt8]) {
        prepend(value)
        writeVarint(UInt64(value.count))
    }

    /// Writes bytes with their length.
    @inlinable
    public mutating func writeBytes(_ value: Span<UInt8>) {
        prepend(value)
        writeVarint(UInt64(value.count))
    }

    /// Writes bytes as they are: a message that is encoded already, or fields of one.
    @inlinable
    public mutating func prepend(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { prepend($0) }
    }

    /// Writes bytes as they are: a message that is encoded already, or fields of one.
    @inlinable
    public mutating func prepend(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { prepend($0) }
    }

    @inlinable
    mutating func prepend(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        head -= bytes.count
        (base + head).update(from: start, count: bytes.count)
    }
}
