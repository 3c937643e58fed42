import RemitWire
import Testing

/// Bytes that are compared and looked up without a string.
struct SpanBytesTests {
    // Spans can't stand in an expectation.
    private func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.span.hasSameBytes(as: right.span) }

    private func hash(_ bytes: [UInt8]) -> Int { bytes.span.quickHash }

    @Test("bytes are the same if all of them are, at any length")
    func sameBytes() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8($0) }
            let copy = Array(bytes)
            #expect(areSame(bytes, copy) && hash(bytes) == hash(copy) && hash(bytes) >= 0)
            #expect(!areSame(bytes, bytes + [0]) && !areSame(bytes + [0], bytes))
            for place in 0..<count {
                var other = bytes
                other[place] ^= 0x80
                #expect(!areSame(bytes, other))
            }
        }
    }

    @Test(
        "names that differ in their numbers alone spread over all places",
        arguments: [("tenant_", ""), ("", "/tenants"), ("remit.v1.Service/Method", "Of"), ("0000000", "0")])
    func spread(prefix: String, suffix: String) {
        var counts = [Int](repeating: 0, count: 256)
        for number in 0..<4_096 {
            counts[hash(Array("\(prefix)\(number)\(suffix)".utf8)) & 255] += 1
        }
        // 16 are expected, give or take 4.
        #expect(counts.allSatisfy { (1...48).contains($0) }, "\(counts)")
    }
}
