/// The values of a repeated field, or the entries of a map, where they lie in a message's bytes.
///
/// Values are read again each time, by a cursor:
///
///     var cursor = view.metadata.cursor
///     while let entry = cursor.next(bytes) { … }
///
/// A map's entries come as they stand on the wire; of those with equal keys the last one counts.
public struct WireList<Codec: ViewCodec>: Sendable {
    @usableFromInline var valueCount = 0
    /// The field's number.
    @usableFromInline let field: UInt32
    /// From the first value's tag to the end of the last value, with what other fields stand between.
    @usableFromInline var region = 0..<0
    /// The same of earlier pieces of the message, if it came in several.
    @usableFromInline var earlierRegions: [Range<Int>]?

    /// No values of the field with this number.
    @inlinable
    public init(field: UInt32) { self.field = field }

    /// The number of values, or of entries on the wire.
    @inlinable
    public var count: Int { valueCount }

    /// Whether there are none.
    @inlinable
    public var isEmpty: Bool { valueCount == 0 }

    /// A cursor before the first value.
    @inlinable
    public var cursor: Cursor { Cursor(self) }

    /// Gives each value to `body`, in order; `bytes` must be those that the view was made from.
    @inlinable
    public func forEach<Failure: Error>(
        in bytes: Span<UInt8>, _ body: (Codec.View) throws(Failure) -> Void
    ) throws(Failure) {
        var cursor = self.cursor
        while let value = cursor.next(bytes) { try body(value) }
    }
}

extension WireList {
    /// Reads a value whose tag was read.
    @inlinable
    @inline(__always)
    public mutating func read(_ bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        let start = reader.tagOffset
        try readElement(bytes, &reader)
        extend(from: start, to: reader.offset, inMessageFrom: reader.messageStart, by: 1)
    }

    /// Reads the values of a packed field whose tag was read.
    @inlinable
    @inline(__always)
    public mutating func readPacked(_ bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        let start = reader.tagOffset
        let outerEnd = try reader.enterPacked(bytes, Codec.wireType)
        var added = 0
        while reader.offset < reader.end {
            try readElement(bytes, &reader)
            added += 1
        }
        reader.end = outerEnd
        if added > 0 { extend(from: start, to: reader.offset, inMessageFrom: reader.messageStart, by: added) }
    }

    @inlinable
    @inline(__always)
    func readElement(_ bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError) {
        if reader.isChecked, Codec.wireType == .lengthDelimited {
            // Nothing in it can be wrong: where it ends is all that is needed.
            _ = try reader.readRange(bytes)
            return
        }
        try reader.charge(Codec.elementSize)
        var value = Codec.initialView
        try Codec.readView(bytes, &reader, into: &value)
    }

    @inlinable
    @inline(__always)
    mutating func extend(from start: Int, to end: Int, inMessageFrom messageStart: Int, by added: Int) {
        if valueCount == 0 {
            region = start..<end
        } else if region.lowerBound >= messageStart {
            region = region.lowerBound..<end
        } else {
            beginRegion(start..<end)
        }
        valueCount += added
    }

    @usableFromInline
    mutating func beginRegion(_ next: Range<Int>) {
        if earlierRegions == nil { earlierRegions = [] }
        earlierRegions?.append(region)
        region = next
    }
}

extension WireList {
    /// A position among the values.
    public struct Cursor: Sendable {
        @usableFromInline let list: WireList
        @usableFromInline var reader: WireReader
        @usableFromInline var left: Int
        @usableFromInline var packedEnd = 0
        @usableFromInline var nextRegion = 0

        @inlinable
        init(_ list: WireList) {
            self.list = list
            left = list.count
            reader = WireReader(checked: list.earlierRegions?.first ?? list.region)
        }

        /// The next value, or nil behind the last one; `bytes` must be those that the view was made from.
        @inlinable
        public mutating func next(_ bytes: Span<UInt8>) -> Codec.View? {
            guard left > 0 else { return nil }
            left -= 1
            do {
                try findValue(bytes)
                var value = Codec.initialView
                try Codec.readView(bytes, &reader, into: &value)
                return value
            } catch {
                preconditionFailure("A view reads other bytes than those that it was made from.")
            }
        }

        /// Goes to where the next value begins.
        @inlinable
        mutating func findValue(_ bytes: Span<UInt8>) throws(WireError) {
            while reader.offset >= packedEnd {
                guard let tag = try reader.nextTag(bytes) else {
                    try enterNextRegion()
                    continue
                }
                if tag == list.field << 3 | Codec.wireType.rawValue { break }
                if tag == list.field << 3 | WireType.lengthDelimited.rawValue {
                    let range = try reader.readRange(bytes)
                    packedEnd = range.upperBound
                    reader.offset = range.lowerBound
                } else {
                    try reader.skip(bytes)
                }
            }
        }

        @usableFromInline
        mutating func enterNextRegion() throws(WireError) {
            nextRegion += 1
            let earlier = list.earlierRegions ?? []
            guard nextRegion <= earlier.count else { throw reader.failure(.truncated) }
            reader = WireReader(checked: nextRegion < earlier.count ? earlier[nextRegion] : list.region)
        }
    }
}
