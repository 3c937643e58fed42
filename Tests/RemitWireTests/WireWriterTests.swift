import RemitTesting
import RemitWire
import Testing

@Suite("WireWriter")
struct WireWriterTests {
    @Test("writes a varint in its shortest form", arguments: 0..<64)
    func varints(_ shift: Int) throws {
        for value in [UInt64(1) << shift, (UInt64(1) << shift) - 1, UInt64.max >> shift] {
            var writer = WireWriter()
            writer.writeVarint(value)
            let bytes = writer.array
            #expect(bytes.count == max(1, (64 - value.leadingZeroBitCount + 6) / 7))
            var reader = WireReader(bytes.span)
            #expect(try reader.readVarint(bytes.span) == value)
        }
    }

    @Test("puts what is written later in front")
    func backToFront() {
        var writer = WireWriter()
        writer.prepend([3, 4])
        writer.prepend([2].span)
        writer.writeTag(1)
        #expect(writer.array == [1, 2, 3, 4])
        #expect(writer.count == 4)
    }

    @Test("grows from the smallest buffer to any message")
    func growth() {
        var writer = WireWriter(capacity: 0)
        var expected: [UInt8] = []
        for size in [0, 1, 15, 16, 17, 1000, 70_000] {
            let chunk = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
            writer.prepend(chunk)
            expected = chunk + expected
            #expect(writer.array == expected)
        }
    }

    @Test("holds nothing after a reset, and can be used again")
    func reset() {
        var writer = WireWriter()
        for size in [10, 2 * WireWriter.keptCapacityMax, 20] {
            writer.prepend([UInt8](repeating: 7, count: size))
            #expect(writer.count == size)
            writer.reset()
            #expect(writer.count == 0)
            #expect(writer.array == [])
        }
        Scalars.with { $0.fInt32 = 150 }.encode(into: &writer)
        #expect(writer.array == [0x18, 0x96, 0x01])
    }

    @Test("lends the bytes that it would copy")
    func lending() {
        var writer = WireWriter()
        writer.writeString("payment")
        let lent = writer.withBytes { span in span.indices.map { span[$0] } }
        #expect(lent == writer.array)
        #expect(lent == [7] + Array("payment".utf8))
    }

    @Test("writes an encoded message as the message itself")
    func storedMessage() throws {
        var random = RandomMessages(seed: SeededRandom(seed: 3))
        let stored = random.sample()
        var writer = WireWriter()
        writer.writeField(1 << 3 | 2, encodedMessage: stored.encoded())
        #expect(try GetSampleResponse(decoding: writer.array).sample == stored)
    }
}
