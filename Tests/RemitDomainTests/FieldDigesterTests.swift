import RemitDomain
import Testing

@Suite struct FieldDigesterTests {
    private let key = SipHash.Key(low: 1, high: 2)

    private func digests(_ fill: (inout FieldDigester) -> Void) -> [FieldDigest] {
        var digester = FieldDigester(key: key)
        fill(&digester)
        return digester.digests
    }

    private func request(
        amount: Int64 = 100, order: String = "o-1", capture: Int64? = nil, metadata: Metadata = Metadata()
    ) -> [FieldDigest] {
        digests { digester in
            digester.add("amount", amount)
            digester.add("order_id", order)
            digester.add("capture", optional: capture)
            digester.add("off_session", false)
            digester.add("metadata", metadata)
        }
    }

    @Test func `the same request doesn't differ`() {
        #expect(FieldDigest.mismatch(between: request(), and: request()) == nil)
        let entries = [("a", "1"), ("b", "2")]
        let one = request(metadata: Metadata(entries))
        let other = request(metadata: Metadata(entries.reversed()))
        #expect(FieldDigest.mismatch(between: one, and: other) == nil)
    }

    @Test func `the field that differs is named`() {
        let stored = request(capture: 5, metadata: Metadata([("a", "1")]))
        let table: [([FieldDigest], String)] = [
            (request(amount: 101, capture: 5, metadata: Metadata([("a", "1")])), "amount"),
            (request(order: "o-2", capture: 5, metadata: Metadata([("a", "1")])), "order_id"),
            (request(order: "", capture: 5, metadata: Metadata([("a", "1")])), "order_id"),
            (request(capture: 0, metadata: Metadata([("a", "1")])), "capture"),
            (request(capture: nil, metadata: Metadata([("a", "1")])), "capture"),
            (request(capture: 5, metadata: Metadata([("a", "2")])), "metadata"),
            (request(capture: 5), "metadata"),
        ]
        for (asked, field) in table {
            #expect(FieldDigest.mismatch(between: stored, and: asked) == field)
            #expect(FieldDigest.mismatch(between: asked, and: stored) == field)
        }
    }

    @Test func `a field with its default has no digest, so that later fields change no stored request`() {
        let before = digests { $0.add("amount", 100) }
        let after = digests {
            $0.add("amount", 100)
            $0.add("later", "")
            $0.add("later_number", 0)
            $0.add("later_claim", false)
            $0.add("later_choice", optional: nil)
            $0.add("later_map", Metadata())
        }
        #expect(before == after)
    }

    @Test func `digests depend on the key and on the field's name`() {
        var other = FieldDigester(key: SipHash.Key(low: 1, high: 3))
        other.add("amount", 100)
        let ours = digests {
            $0.add("amount", 100)
            $0.add("amount_to_capture", 100)
        }
        #expect(ours[0].digest != other.digests[0].digest)
        #expect(ours[0].digest != ours[1].digest)
    }

    @Test func `neighbouring texts don't run into each other`() {
        let one = digests { $0.add("metadata", Metadata([("ab", "c")])) }
        let other = digests { $0.add("metadata", Metadata([("a", "bc")])) }
        #expect(one != other)
    }
}

@Suite struct SipHashTests {
    /// The first sixteen of the reference's published vectors: key 00 … 0f, inputs of 0, 1, 2 … bytes 00, 01, 02 ….
    private static let vectors: [UInt64] = [
        0x726f_db47_dd0e_0e31, 0x74f8_39c5_93dc_67fd, 0x0d6c_8009_d9a9_4f5a, 0x8567_6696_d7fb_7e2d,
        0xcf27_94e0_2771_87b7, 0x1876_5564_cd99_a68d, 0xcbc9_466e_58fe_e3ce, 0xab02_00f5_8b01_d137,
        0x93f5_f579_9a93_2462, 0x9e00_82df_0ba9_e4b0, 0x7a5d_bbc5_94dd_b9f3, 0xf4b3_2f46_226b_ada7,
        0x751e_8fbc_860e_e5fb, 0x14ea_5627_c084_3d90, 0xf723_ca90_8e7a_f2ee, 0xa129_ca61_49be_45e5,
    ]

    @Test(arguments: vectors.indices)
    func `agrees with the published vectors`(count: Int) {
        var hash = SipHash(key: SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908))
        hash.combine((0..<count).map { UInt8($0) })
        #expect(hash.finalize() == Self.vectors[count])
    }

    @Test func `a word is its eight bytes, little-endian`() {
        var words = SipHash(key: SipHash.Key(low: 1, high: 2))
        words.combine(0x0807_0605_0403_0201 as UInt64)
        var bytes = SipHash(key: SipHash.Key(low: 1, high: 2))
        bytes.combine([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(words.finalize() == bytes.finalize())
    }

    @Test(arguments: 0...9)
    func `words, texts and bytes that lie together count as their bytes, wherever they begin`(offset: Int) {
        let bytes = (0..<21).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let key = SipHash.Key(low: 1, high: 2)
        var one = SipHash(key: key)
        var together = SipHash(key: key)
        for byte in 0..<UInt8(offset) {
            one.combine(byte)
            together.combine(byte)
        }
        one.combine(bytes)
        bytes.withUnsafeBufferPointer { together.combine($0) }
        for byte in [1, 2, 3, 4, 5, 6, 7, 8] as [UInt8] { one.combine(byte) }
        together.combine(0x0807_0605_0403_0201 as UInt64)
        let text = "ünïcode, more than eight bytes"
        for byte in [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) { one.combine(byte) }
        together.combine(text)
        #expect(one.finalize() == together.finalize())
    }
}
