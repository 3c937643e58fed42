import RemitFrame
import RemitWire
import Testing

@Suite struct GoldenVectorTests {
    private static let echo: [UInt8] = [0x0A, 2, 0x68, 0x69]
    private static let method = "remit.v1.DiagnosticsService/Echo"

    private static let expected: [String: [UInt8]] = [
        "client_opening": FrameDecoder.magic
            + frame(
                .hello,
                meta: Hello.with {
                    $0.credential = "rk_test"; $0.agent = "example/1"
                }.encoded()),
        "server_hello": frame(
            .hello,
            meta: Hello.with {
                $0.slotsMax = 256; $0.keepaliveMs = 60_000
            }.encoded()),
        "echo_request": frame(
            .request, [.message, .endOfStream],
            meta: RequestMeta.with {
                $0.method = method; $0.timeoutUs = 1_500_000
            }.encoded(), body: echo),
        "echo_end": frame(.end, .message, body: echo),
        "request_with_everything": frame(
            .request, [.message, .endOfStream],
            meta: RequestMeta.with {
                $0.method = method
                $0.tenant = "tenant_1"
                $0.idempotencyKey = "order-42"
                $0.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                $0.metadata = [("a", "1"), ("b", "2")].map { key, value in
                    MetadataEntry.with {
                        $0.key = key; $0.value = value
                    }
                }
                $0.attempt = 1
            }.encoded(), slot: 7),
        "end_failed": frame(
            .end,
            meta: StatusMeta.with {
                $0.code = 9
                $0.message = "The key was used for another amount."
                $0.reason = "idempotency_mismatch"
                $0.field = "amount"
                $0.outcome = Outcome(rawValue: 1)
            }.encoded(), slot: 7),
        "end_not_processed": frame(
            .end,
            meta: StatusMeta.with {
                $0.code = 14
                $0.message = "The server is going away."
                $0.reason = "draining"
                $0.outcome = Outcome(rawValue: 1)
                $0.notProcessed = true
                $0.retryAfterMs = 100
            }.encoded(), slot: 7),
        "end_replayed": frame(
            .end, .message, meta: StatusMeta.with { $0.replayed = true }.encoded(), body: echo, slot: 7),
        "fragments": frame(.data, [.message, .more], body: [0x0A, 8, 0x61, 0x62], slot: 3)
            + frame(.data, .more, body: Array("cdef".utf8), slot: 3) + frame(.end, body: Array("gh".utf8), slot: 3),
        "window": frame(.window, body: [0, 0x80, 0, 0], slot: 3),
        "cancel": frame(.cancel, slot: 3),
        "ping_pong": frame(.ping, body: [1, 2, 3, 4, 5, 6, 7, 8]) + frame(.pong, body: [1, 2, 3, 4, 5, 6, 7, 8]),
        "go_away": frame(
            .goAway,
            meta: GoAway.with {
                $0.text = "The server is going away."; $0.drainMs = 25_000
            }.encoded()),
    ]

    @Test func `writes every golden vector, byte for byte`() throws {
        let vectors = try GoldenVectors()
        #expect(Set(vectors.names) == Set(Self.expected.keys))
        for (name, bytes) in Self.expected { #expect(vectors[name] == bytes, "\(name)") }
    }

    @Test func `reads a request's head without strings for what is absent`() throws {
        let bytes = try GoldenVectors()["request_with_everything"]
        let decoded = try #require(decode([bytes[...]], expectsMagic: false).frames.first)
        let head = try RequestHead(decoded.meta.span)
        #expect(String(decoding: decoded.meta[head.method], as: UTF8.self) == Self.method)
        func text(_ range: Range<Int>) -> String? { RequestHead.text(range, in: decoded.meta.span) }
        #expect(text(head.tenant) == "tenant_1" && text(head.idempotencyKey) == "order-42" && head.attempt == 1)
        #expect(text(head.traceparent) != nil && head.hasDetails)
        #expect(head.metadata.map(\.key) == ["a", "b"] && head.invalidField == nil)
    }

    @Test func `names the part of a request's head that is beyond its limit or badly written`() throws {
        let cases: [(String, RequestMeta)] = [
            ("method", .with { $0.method = String(repeating: "m", count: 257) }),
            ("tenant", .with { $0.tenant = String(repeating: "t", count: 65) }),
            ("idempotency_key", .with { $0.idempotencyKey = String(repeating: "k", count: 256) }),
            ("traceparent", .with { $0.traceparent = String(repeating: "0", count: 65) }),
            ("metadata", .with { $0.metadata = Array(repeating: MetadataEntry.with { $0.key = "k" }, count: 65) }),
            ("metadata", .with { $0.metadata = [MetadataEntry()] }),
            ("metadata", .with { $0.metadata = [MetadataEntry.with { $0.key = "Upper" }] }),
        ]
        for (field, meta) in cases { #expect(try RequestHead(meta.encoded().span).invalidField == field) }
    }
}
