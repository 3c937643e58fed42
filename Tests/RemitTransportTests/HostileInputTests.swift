import NIOCore
import RemitAPI
import RemitFrame
import RemitRPC
import RemitTesting
import RemitTransport
import RemitWire
import Synchronization
import Testing

@Suite struct HostileInputTests {
    @Test func `closes on a wrong magic`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try await client.fault() == .wrongMagic)
        try await server.livesOn()
    }

    @Test func `closes without a common application protocol`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server, application: "http/1.1")
        #expect(try await client.framesUntilClosed().isEmpty)
        try await server.livesOn()
    }

    @Test func `closes a connection that never finishes its handshake`() async throws {
        var limits = TestServer.patience
        limits.opening = .milliseconds(50)
        let server = try await TestServer(limits)
        let silent = try await RawClient(server, application: nil)
        #expect(try await silent.framesUntilClosed().isEmpty)
        await server.listener.close()
    }

    @Test func `closes a connection that never says Hello`() async throws {
        var types: [FrameType?] = []
        // The limit holds for the handshake too: a machine that is too slow for one limit gets a longer one.
        for milliseconds: Int64 in [200, 2_000, 20_000] where types.isEmpty {
            var limits = TestServer.patience
            limits.opening = .milliseconds(milliseconds)
            let server = try await TestServer(limits)
            let mute = try await RawClient(server)
            types = try await mute.framesUntilClosed().map(\.header.type)
            await server.listener.close()
        }
        #expect(types == [.hello])
    }

    @Test func `closes when a started frame doesn't end`() async throws {
        var limits = TestServer.patience
        limits.frame = .milliseconds(50)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        try await client.open(Array(RawClient.request("test.Service/Echo").dropLast()))
        #expect(try await client.fault() == .tooSlow)
        try await server.livesOn()
    }

    @Test func `closes on a frame beyond the limits as soon as its header is there`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.open(FrameHeader(.request, [.message], metaLength: 10, bodyLength: 16_385).bytes)
        #expect(try await client.fault() == .frameTooLarge)
        try await server.livesOn()
    }

    @Test func `takes a client's name of 128 bytes and none longer`() async throws {
        let server = try await TestServer()
        let sizeMax = TestServer.patience.agentSizeMax
        for (size, isTaken) in [(sizeMax, true), (sizeMax + 1, false)] {
            let hello = Hello.with {
                $0.credential = OneKey.key
                $0.agent = String(repeating: "a", count: size)
            }
            let client = try await RawClient(server)
            try await client.send(
                FrameDecoder.magic + RawClient.frame(.hello, meta: hello.encoded())
                    + RawClient.request("test.Service/Echo"))
            if isTaken {
                #expect(try await client.frames(until: .end).last?.header.type == .end)
                try await client.channel.close()
            } else {
                #expect(try await client.fault() == .protocolViolation)
            }
        }
        #expect(sizeMax == 128)
        try await server.livesOn()
    }

    @Test func `closes a connection beyond the most at once, and takes the next when one has gone`() async throws {
        var limits = TestServer.patience
        limits.connectionsMax = 1
        let server = try await TestServer(limits)
        let first = try await server.connect()
        #expect(try await first.echo("one") == "one")
        let second = try await RawClient(server, application: nil)
        #expect(try await second.framesUntilClosed().isEmpty)
        #expect(try await first.echo("still one") == "still one")
        #expect(server.counter.connections.load(ordering: .relaxed) == 1)
        await first.close()
        while server.counter.connections.load(ordering: .relaxed) > 0 { await Task.yield() }
        #expect(server.listener.connectionCount == 0)
        try await server.livesOn()
    }

    @Test func `outlives a connection that breaks off inside a frame`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.open(Array(RawClient.request("test.Service/Echo").dropLast(3)))
        _ = try await client.frames(until: .hello)
        try await client.channel.close()
        try await server.livesOn()
    }

    @Test func `answers bad UTF-8 in a call's meta with INVALID_ARGUMENT and goes on`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        let meta: [UInt8] = RequestMeta.with { $0.method = "test.Service/Echo" }.encoded() + [0x22, 2, 0xC3, 0x28]
        try await client.open(RawClient.frame(.request, [.message, .endOfStream], meta: meta))
        let frames = try await client.frames(until: .end)
        let status = try StatusMeta(decoding: #require(frames.last).meta)
        #expect(status.code == 3 && status.reason == "malformed_meta" && status.notProcessed)
        try await client.send(RawClient.request("test.Service/Echo"))
        #expect(try await client.frames(until: .end).last?.header.flags == .message)
        try await server.livesOn()
    }

    @Test func `closes on a request in a slot that is in use, or beyond all`() async throws {
        let server = try await TestServer()
        for slot in [UInt32(5), 256] {
            let client = try await RawClient(server)
            let request = RawClient.request("test.Service/Hold", slot: 5)
            try await client.open(request + RawClient.request("test.Service/Echo", slot: slot))
            #expect(try await client.fault() == .slotInUse)
        }
        try await server.livesOn()
    }

    @Test(arguments: [FrameType.ping, .cancel, .window])
    func `closes on a flood of control frames`(type: FrameType) async throws {
        var limits = TestServer.patience
        limits.connection.pings = .init(burst: 16, perSecond: 1)
        limits.connection.cancels = .init(burst: 16, perSecond: 1)
        limits.connection.windows = .init(burst: 16, perSecond: 1)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        let size = type == .ping ? 8 : type == .window ? 4 : 0
        let frame = RawClient.frame(type, body: Array(repeating: 1, count: size))
        try await client.open(Array(repeating: frame, count: 20).flatMap { $0 })
        #expect(try await client.fault() == .flood)
        try await server.livesOn()
    }

    @Test func `answers a ping with its own bytes`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.open(RawClient.frame(.ping, body: Array("eight by".utf8)))
        #expect(try await client.frames(until: .pong).last?.body == Array("eight by".utf8))
        try await server.livesOn()
    }

    @Test func `ends a call whose message is too large, and goes on`() async throws {
        var limits = TestServer.patience
        limits.connection.messageSizeMax = 20_000
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        let meta = RequestMeta.with { $0.method = "test.Service/Echo" }.encoded()
        let half = Array(repeating: UInt8(0), count: 16_000)
        try await client.open(
            RawClient.frame(.request, [.message, .more], meta: meta, body: half)
                + RawClient.frame(.data, .more, body: half) + RawClient.frame(.data, .endOfStream, body: half))
        let end = try #require(try await client.frames(until: .end).last)
        #expect(try StatusMeta(decoding: end.meta).reason == "message_too_large")
        try await client.send(RawClient.request("test.Service/Echo"))
        #expect(try await client.frames(until: .end).last?.header.flags == .message)
        try await server.livesOn()
    }

    @Test func `ends a call that would exceed the process's budget for incomplete messages`() async throws {
        var limits = TestServer.patience
        limits.reassemblySizeMax = 20_000
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        let meta = RequestMeta.with { $0.method = "test.Service/Echo" }.encoded()
        let half = Array(repeating: UInt8(0), count: 16_000)
        try await client.open(
            RawClient.frame(.request, [.message, .more], meta: meta, body: half)
                + RawClient.frame(.data, .more, body: half))
        let end = try #require(try await client.frames(until: .end).last)
        #expect(try StatusMeta(decoding: end.meta).reason == "reassembly_exceeded")
        try await server.livesOn()
    }

    @Test func `ends a request whose message never becomes whole`() async throws {
        var limits = TestServer.patience
        limits.message = .milliseconds(50)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        let meta = RequestMeta.with { $0.method = "test.Service/Echo" }.encoded()
        try await client.open(RawClient.frame(.request, [.message, .more], meta: meta, body: [0]))
        let end = try #require(try await client.frames(until: .end).last)
        let status = try StatusMeta(decoding: end.meta)
        #expect(status.code == 4 && status.notProcessed)
        try await server.livesOn()
    }

    @Test func `closes on a credential longer than allowed`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.send(FrameDecoder.magic + RawClient.hello(String(repeating: "k", count: 1_025)))
        #expect(try await client.fault() == .protocolViolation)
        try await server.livesOn()
    }

    @Test func `answers many requests that come in one write, byte by byte too`() async throws {
        let server = try await TestServer()
        let client = try await RawClient(server)
        let frames = (0..<UInt32(4)).flatMap { RawClient.request("test.Service/Echo", slot: $0) }
        for byte in FrameDecoder.magic + RawClient.hello() + frames { try await client.send([byte]) }
        try await client.send(RawClient.frame(.ping, body: Array(repeating: 0, count: 8)))
        let types = try await client.frames(until: .pong).map(\.header.type)
        #expect(types == [.hello, .end, .end, .end, .end, .pong])
        try await server.livesOn()
    }

    @Test func `cuts a peer that doesn't read`() async throws {
        var limits = TestServer.patience
        limits.outboundSizeMax = 65_536
        limits.outboundStall = .milliseconds(50)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        try await client.open()
        _ = try await client.frames(until: .hello)
        try await client.channel.setOption(.autoRead, value: false).get()
        var frames: [UInt8] = []
        for slot in 0..<UInt32(64) {
            frames += RawClient.request(
                "test.Service/Count", slot: slot, body: EchoRequest.with { $0.text = "forever" }.encoded())
            frames += RawClient.frame(.window, body: [0, 0, 0, 0x40], slot: slot)
        }
        try await client.send(frames)
        #expect(await server.streamsCut.next() == .cancelled)
        try await server.livesOn()
    }

    @Test func `doesn't wait for the farewell of a peer that doesn't read`() async throws {
        var limits = TestServer.patience
        limits.farewell = .milliseconds(20)
        limits.drain = .milliseconds(20)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        try await client.open(RawClient.request("test.Service/Hold"))
        _ = await server.held.next()
        try await client.channel.setOption(.autoRead, value: false).get()
        await server.listener.drain()
        #expect(server.listener.connectionCount == 0)
        client.channel.close(promise: nil)
    }

    @Test func `pings a silent peer and closes when nothing comes back`() async throws {
        var limits = TestServer.patience
        limits.keepalive = .milliseconds(50)
        limits.pong = .milliseconds(50)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        try await client.open()
        let frames = try await client.framesUntilClosed()
        #expect(frames.map(\.header.type) == [.hello, .ping, .goAway])
        await server.listener.close()
    }
}
