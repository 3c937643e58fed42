extension WireReader {
    /// Reads an `int32`; of a longer varint the low 32 bits count.
    @inlinable
    @inline(__always)
    public mutating func readInt32(_ bytes: Span<UInt8>) throws(WireError) -> Int32 {
        Int32(truncatingIfNeeded: try readVarint(bytes))
    }

    /// Reads an `int64`.
    @inlinable
    @inline(__always)
    public mutating func readInt64(_ bytes: Span<UInt8>) throws(WireError) -> Int64 {
        Int64(bitPattern: try readVarint(bytes))
    }

    /// Reads a `uint32`; of a longer varint the low 32 bits count.
    @inlinable
    @inline(__always)
    public mutating func readUInt32(_ bytes: Span<UInt8>) throws(WireError) -> UInt32 {
        UInt32(truncatingIfNeeded: try readVarint(bytes))
    }

    /// Reads a `uint64`.
    @inlinable
    @inline(__always)
    public mutating func readUInt64(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
        try readVarint(bytes)
    }

    /// Reads a `sint32` (zigzag).
    @inlinable
    @inline(__always)
    public mutating func readSInt32(_ bytes: Span<UInt8>) throws(WireError) -> Int32 {
        let value = try readUInt32(bytes)
        return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
    }

    /// Reads a `sint64` (zigzag).
    @inlinable
    @inline(__always)
    public mutating func readSInt64(_ bytes: Span<UInt8>) throws(WireError) -> Int64 {
        let value = try readVarint(bytes)
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a `bool`: any varint but 0 is true.
    @inlinable
    @inline(__always)
    public mutating func readBool(_ bytes: Span<UInt8>) throws(WireError) -> Bool {
        try readVarint(bytes) != 0
    }

    /// Reads an enum, known or not.
    @inlinable
    @inline(__always)
    public mutating func readEnum<Value: ProtoEnum>(
        _ bytes: Span<UInt8>, as type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        Value(rawValue: try readInt32(bytes))
    }

    /// Reads a `fixed32`.
    @inlinable
    @inline(__always)
    public mutating func readFixed32(_ bytes: Span<UInt8>) throws(WireError) -> UInt32 {
        try readFixed(bytes, as: UInt32.self)
    }

    /// Reads a `fixed64`.
    @inlinable
    @inline(__always)
    public mutating func readFixed64(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
        try readFixed(bytes, as: UInt64.self)
    }

    /// Reads an `sfixed32`.
    @inlinable
    @inline(__always)
    public mutating func readSFixed32(_ bytes: Span<UInt8>) throws(WireError) -> Int32 {
        Int32(bitPattern: try readFixed32(bytes))
    }

    /// Reads an `sfixed64`.
    @inlinable
    @inline(__always)
    public mutating func readSFixed64(_ bytes: Span<UInt8>) throws(WireError) -> Int64 {
        Int64(bitPattern: try readFixed64(bytes))
    }

    /// Reads a `float`.
    @inlinable
    @inline(__always)
    public mutating func readFloat(_ bytes: Span<UInt8>) throws(WireError) -> Float {
        Float(bitPattern: try readFixed32(bytes))
    }

    /// Reads a `double`.
    @inlinable
    @inline(__always)
    public mutating func readDouble(_ bytes: Span<UInt8>) throws(WireError) -> Double {
        Double(bitPattern: try readFixed64(bytes))
    }

    /// Reads a `string`, which must be UTF-8.
    @inlinable
    public mutating func readString(_ bytes: Span<UInt8>) throws(WireError) -> String {
        let range = try readRange(bytes)
        guard !range.isEmpty else { return "" }
        try charge(Self.memory(ofText: range.count))
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw failure(.invalidUTF8)
        }
    }

    /// Reads a `bytes` field.
    @inlinable
    public mutating func readBytes(_ bytes: Span<UInt8>) throws(WireError) -> [UInt8] {
        let range = try readRange(bytes)
        guard !range.isEmpty else { return [] }
        try charge(range.count + 32)
        return bytes.extracting(range).withUnsafeBufferPointer { Array($0) }
    }

    /// Reads a sub-message and merges it into `message`.
    @inlinable
    public mutating func readMessage<Value: WireDecodable>(
        _ bytes: Span<UInt8>, merging message: inout Value
    ) throws(WireError) {
        try charge(Value.decodedSize)
        let outer = try enterMessage(bytes)
        do {
            try message.merge(from: bytes, &self)
        } catch {
            throw error.within(Value.fullName)
        }
        leaveMessage(outer)
    }

    /// Reads a sub-message and merges it into `message`, which comes into being if it isn't there.
    @inlinable
    public mutating func readMessage<Value: WireDecodable>(
        _ bytes: Span<UInt8>, into message: inout Value?
    ) throws(WireError) {
        if message == nil { message = Value() }
        try charge(Value.decodedSize)
        let outer = try enterMessage(bytes)
        do {
            // In place: a copy of a message would retain each of its strings.
            try message?.merge(from: bytes, &self)
        } catch {
            throw error.within(Value.fullName)
        }
        leaveMessage(outer)
    }

    /// Reads a sub-message and merges it into `message`, which comes into being if it isn't there.
    @inlinable
    public mutating func readMessage<Value: WireDecodable>(
        _ bytes: Span<UInt8>, into message: inout Indirect<Value>?
    ) throws(WireError) {
        var value = message?.value ?? Value()
        message = nil
        try readMessage(bytes, merging: &value)
        message = Indirect(value)
    }

    /// Reads a sub-message and appends it.
    @inlinable
    public mutating func readMessage<Value: WireDecodable>(
        _ bytes: Span<UInt8>, into messages: inout [Value]
    ) throws(WireError) {
        messages.append(Value())
        try readMessage(bytes, merging: &messages[messages.count - 1])
    }

    /// Narrows the reader to a sub-message; returns where the outer one lies.
    @inlinable
    mutating func enterMessage(_ bytes: Span<UInt8>) throws(WireError) -> (start: Int, end: Int) {
        let range = try readRange(bytes)
        guard depthLeft > 0 else { throw failure(.tooDeep) }
        let outer = (messageStart, end)
        messageStart = range.lowerBound
        offset = range.lowerBound
        end = range.upperBound
        depthLeft -= 1
        return outer
    }

    @inlinable
    mutating func leaveMessage(_ outer: (start: Int, end: Int)) {
        depthLeft += 1
        messageStart = outer.start
        end = outer.end
    }
}
