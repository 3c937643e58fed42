extension WireReader {
    /// Reads where the content of a `string` lies, which must be UTF-8.
    @inlinable
    @inline(__always)
    public mutating func readStringRange(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let (start, next) = Self.stringRange(bytes, from: offset, to: end, isChecked: isChecked)
        guard next > 0 else { throw stringFailure(bytes) }
        offset = next
        // As if it were copied: bytes that decoding refuses are refused here, too.
        try charge(Self.memory(ofText: next &- start))
        return Range(uncheckedBounds: (start, next))
    }

    /// Reads where the content of a `bytes` field lies.
    @inlinable
    @inline(__always)
    public mutating func readBytesRange(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let range = try readRange(bytes)
        if !range.isEmpty { try charge(range.count + 32) }
        return range
    }

    /// Reads a sub-message and merges it into a view.
    ///
    /// A copy of the reader goes into it, so that the caller's may stay in registers.
    @inlinable
    @inline(__always)
    public mutating func readView<View: MessageView>(
        _ bytes: Span<UInt8>, merging view: inout View
    ) throws(WireError) {
        var copy = self
        try copy.readMessage(bytes, merging: &view)
        self = copy
    }

    /// Reads a sub-message and merges it into a view, which comes into being if it isn't there.
    @inlinable
    @inline(__always)
    public mutating func readView<View: MessageView>(
        _ bytes: Span<UInt8>, into view: inout View?
    ) throws(WireError) {
        var copy = self
        try copy.readMessage(bytes, into: &view)
        self = copy
    }

    /// Reads a sub-message and merges it into a view, which comes into being if it isn't there.
    @inlinable
    @inline(__always)
    public mutating func readView<View: MessageView>(
        _ bytes: Span<UInt8>, into view: inout Indirect<View>?
    ) throws(WireError) {
        var copy = self
        try copy.readMessage(bytes, into: &view)
        self = copy
    }

    /// Where a text behind its length begins and ends; both are 0 if there is none, or what is there isn't UTF-8.
    @inlinable
    static func stringRange(
        _ bytes: Span<UInt8>, from offset: Int, to end: Int, isChecked: Bool
    ) -> (start: Int, next: Int) {
        guard offset < end else { return (0, 0) }
        let length = Int(bytes[offset])
        let start = offset &+ 1
        guard length < 0x80, length <= end &- start, isChecked || isASCII(bytes, start, start &+ length) else {
            return anyStringRange(bytes, from: offset, to: end)
        }
        return (start, start &+ length)
    }

    /// The same for long texts and such that aren't ASCII.
    @usableFromInline
    static func anyStringRange(_ bytes: Span<UInt8>, from offset: Int, to end: Int) -> (start: Int, next: Int) {
        let (length, start) = longVarint(bytes, from: offset, to: end)
        guard start > 0, length <= UInt64(end - start) else { return (0, 0) }
        let next = start + Int(length)
        guard isASCII(bytes, start, next) || isUTF8(bytes, start..<next) else { return (0, 0) }
        return (start, next)
    }

    /// What a text of so many bytes takes beside its place in a message.
    ///
    /// Up to 15 bytes live in place; longer texts are an allocation with a header of 32 bytes.
    @inlinable
    @inline(__always)
    static func memory(ofText size: Int) -> Int { size > 15 ? size &+ 32 : 0 }

    /// Why there is no text here.
    @usableFromInline
    func stringFailure(_ bytes: Span<UInt8>) -> WireError {
        var reader = self
        do throws(WireError) {
            let range = try reader.readRange(bytes)
            try reader.charge(Self.memory(ofText: range.count))
            return reader.failure(.invalidUTF8)
        } catch {
            return error
        }
    }

    /// Whether all bytes of a range are ASCII, eight at a time.
    @inlinable
    @inline(__always)
    static func isASCII(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let words = bytes.bytes
        guard end &- start < 8 else {
            // The last eight overlap with those before.
            var seen = words.unsafeLoadUnaligned(fromByteOffset: end &- 8, as: UInt64.self)
            var position = start
            while position < end &- 8 {
                seen |= words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                position &+= 8
            }
            return seen & 0x8080_8080_8080_8080 == 0
        }
        guard end < 8 else {
            // What lies before the range is shifted out.
            let last = words.unsafeLoadUnaligned(fromByteOffset: end &- 8, as: UInt64.self).littleEndian
            return (last >> (UInt64(8 &- (end &- start)) &* 8)) & 0x8080_8080_8080_8080 == 0
        }
        for position in start..<end where bytes[position] >= 0x80 { return false }
        return true
    }

    private static func isUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        (try? UTF8Span(validating: bytes.extracting(range))) != nil
    }
}
