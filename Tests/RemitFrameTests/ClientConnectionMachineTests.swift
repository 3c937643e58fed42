import RemitFrame
import Testing

@Suite struct ClientConnectionMachineTests {
    @Test func `hands out slots before the Hello, and only the server's number afterwards`() {
        var machine = ClientConnectionMachine(limits: ConnectionLimits(), now: 0)
        let first = machine.open()
        #expect(first == 0)
        var peer = PeerLimits()
        peer.slotsMax = 2
        _ = machine.received(FrameHeader(.hello, metaLength: 1), now: 0)
        machine.accept(peer)
        let second = machine.open()
        let third = machine.open()
        #expect(second == 1 && third == nil)
        #expect(machine.received(FrameHeader(.end, slot: 0), now: 0) == .end)
        let again = machine.open()
        #expect(again == 0)
    }

    @Test func `faults on frames for a slot that it doesn't use`() {
        for type in [FrameType.end, .data, .headers] {
            var machine = Self.opened()
            #expect(machine.received(FrameHeader(type, slot: 3), now: 0) == .fault(.protocolViolation))
        }
    }

    @Test func `faults on frames that only a client sends`() {
        for type in [FrameType.hello, .request, .cancel] {
            var machine = Self.opened()
            #expect(machine.received(FrameHeader(type, metaLength: 1), now: 0) == .fault(.protocolViolation))
        }
    }

    @Test func `tells whole messages, fragments and ends apart`() {
        var machine = Self.opened()
        _ = machine.open()
        #expect(machine.received(FrameHeader(.data, .message, bodyLength: 5), now: 0) == .message)
        #expect(machine.received(FrameHeader(.data, [.message, .more], bodyLength: 5), now: 0) == .append(grant: 0))
        #expect(machine.received(FrameHeader(.data, [], bodyLength: 5), now: 0) == .appendToMessage)
        #expect(machine.received(FrameHeader(.data, [.message, .more], bodyLength: 5), now: 0) == .append(grant: 0))
        #expect(machine.received(FrameHeader(.end, [], bodyLength: 5), now: 0) == .endWithFragment)
        _ = machine.open()
        #expect(machine.received(FrameHeader(.end, .message), now: 0) == .endWithMessage)
    }

    @Test func `grants a slow reader no more than a window, and more as it reads`() {
        var machine = Self.opened()
        _ = machine.open()
        for _ in 0..<4 {
            #expect(machine.received(FrameHeader(.data, .message, bodyLength: 16_384), now: 0) == .message)
        }
        let first = machine.consumed(16_384, on: 0)
        let second = machine.consumed(16_384, on: 0)
        #expect(first == 0 && second == 32_768)
        var flooded = Self.opened()
        _ = flooded.open()
        for _ in 0..<4 { _ = flooded.received(FrameHeader(.data, .message, bodyLength: 16_384), now: 0) }
        #expect(flooded.received(FrameHeader(.data, .message, bodyLength: 1), now: 0) == .fault(.windowExceeded))
    }

    @Test func `opens no call once the server goes away, and lets those in use end`() {
        var machine = Self.opened()
        _ = machine.open()
        #expect(machine.received(FrameHeader(.goAway, metaLength: 1), now: 0) == .drain)
        let late = machine.open()
        #expect(late == nil && !machine.acceptsCalls)
        #expect(machine.received(FrameHeader(.end, .message, slot: 0), now: 0) == .endWithMessage)
    }

    @Test func `takes the server's window into account for calls that were opened before its Hello`() {
        var machine = ClientConnectionMachine(limits: ConnectionLimits(), now: 0)
        _ = machine.open()
        var peer = PeerLimits()
        peer.windowSize = 70_000
        _ = machine.received(FrameHeader(.hello, metaLength: 1), now: 0)
        machine.accept(peer)
        var taken = 0
        for _ in 0..<10 { taken += machine.take(16_384, on: 0) }
        #expect(taken == 70_000)
    }

    private static func opened() -> ClientConnectionMachine {
        var machine = ClientConnectionMachine(limits: ConnectionLimits(), now: 0)
        _ = machine.received(FrameHeader(.hello, metaLength: 1), now: 0)
        machine.accept(PeerLimits())
        return machine
    }
}
