import RemitFrame
import RemitTesting
import Testing

@Suite struct ServerConnectionMachineTests {
    private static let whole: FrameFlags = [.message, .endOfStream]

    private static func request(_ slot: UInt32 = 0, _ flags: FrameFlags = whole, body: Int = 10) -> FrameHeader {
        FrameHeader(.request, flags, metaLength: 5, bodyLength: body, slot: slot)
    }

    @Test func `wants a Hello first`() {
        for type in FrameType.allCases {
            var machine = ServerConnectionMachine(limits: ConnectionLimits(), now: 0)
            let result = machine.received(FrameHeader(type, metaLength: 1), now: 0)
            #expect(result == (type == .hello ? .judgeHello : .fault(.protocolViolation)))
        }
    }

    @Test func `runs nothing on a refused credential`() {
        var machine = ServerConnectionMachine(limits: ConnectionLimits(), now: 0)
        _ = machine.received(FrameHeader(.hello, metaLength: 1), now: 0)
        machine.refuse()
        for slot in 0..<UInt32(3) { #expect(machine.received(Self.request(slot), now: 0) == .refuse(.unauthenticated)) }
        #expect(machine.received(FrameHeader(.cancel, slot: 0), now: 0) == .ignore)
        #expect(machine.slotsInUse == 0)
    }

    @Test func `starts a call, frees its slot at its END, and takes it again`() {
        var machine = Self.opened()
        #expect(machine.received(Self.request(4), now: 0) == .start)
        #expect(machine.received(Self.request(4), now: 0) == .fault(.slotInUse))
        var other = Self.opened()
        #expect(other.received(Self.request(4), now: 0) == .start)
        other.ended(4)
        #expect(other.received(Self.request(4), now: 0) == .start)
    }

    @Test func `drops what crosses with an END on a free slot`() {
        var machine = Self.opened()
        for type in [FrameType.data, .cancel, .window] {
            let header = FrameHeader(type, bodyLength: type == .window ? 4 : 0, slot: 9)
            #expect(machine.received(header, grant: 1, now: 0) == .ignore)
        }
    }

    @Test func `puts a message together from fragments and grants window for it as it grows`() {
        var machine = Self.opened()
        #expect(machine.received(Self.request(0, [.message, .more], body: 16_384), now: 0) == .keep(grant: 0))
        let fragment = FrameHeader(.data, .more, bodyLength: 16_384)
        #expect(machine.received(fragment, now: 0) == .append(grant: 32_768))
        #expect(machine.received(fragment, now: 0) == .append(grant: 0))
        #expect(machine.received(FrameHeader(.data, .endOfStream, bodyLength: 1), now: 0) == .appendAndStart)
        #expect(machine.received(FrameHeader(.data, .message, bodyLength: 1), now: 0) == .fault(.protocolViolation))
    }

    @Test func `refuses a call with a second message, and one without any`() {
        let open = FrameHeader(.request, .message, metaLength: 5, bodyLength: 3)
        for flags in [FrameFlags.message, [.message, .endOfStream], [.message, .more]] {
            var machine = Self.opened()
            #expect(machine.received(open, now: 0) == .keep(grant: 0))
            let second = FrameHeader(.data, flags, bodyLength: 3)
            #expect(machine.received(second, now: 0) == .refuse(.secondMessage))
            #expect(machine.slotsInUse == 0)
            #expect(machine.received(FrameHeader(.data, .endOfStream), now: 0) == .ignore)
        }
        var late = Self.opened()
        #expect(late.received(open, now: 0) == .keep(grant: 0))
        #expect(late.received(FrameHeader(.data, .endOfStream), now: 0) == .appendAndStart)
        var none = Self.opened()
        #expect(none.received(FrameHeader(.request, metaLength: 5), now: 0) == .keep(grant: 0))
        #expect(none.received(FrameHeader(.data, .endOfStream), now: 0) == .refuse(.noMessage))
        #expect(none.slotsInUse == 0)
    }

    @Test func `faults on more than the window`() {
        var limits = ConnectionLimits()
        limits.windowSize = 16_384
        var machine = Self.opened(limits)
        #expect(machine.received(Self.request(0, [.message, .more], body: 16_384), now: 0) == .keep(grant: 16_384))
        #expect(machine.received(FrameHeader(.data, .message, bodyLength: 1), now: 0) == .fault(.protocolViolation))
        var small = ConnectionLimits()
        small.windowSize = 100
        var other = Self.opened(small)
        #expect(other.received(Self.request(0, Self.whole, body: 101), now: 0) == .fault(.windowExceeded))
    }

    @Test func `ends a call that holds too much, and frees its slot`() {
        var limits = ConnectionLimits()
        limits.messageSizeMax = 40_000
        limits.reassemblySizeMax = 60_000
        var machine = Self.opened(limits)
        let fragment = { FrameHeader(.data, .more, bodyLength: 16_384, slot: $0) }
        for slot in UInt32(0)...1 { _ = machine.received(Self.request(slot, [.message, .more], body: 16_384), now: 0) }
        _ = machine.received(fragment(0), now: 0)
        #expect(machine.received(fragment(1), now: 0) == .refuse(.reassemblyExceeded))
        #expect(machine.received(fragment(0), now: 0) == .refuse(.messageTooLarge))
        #expect(machine.slotsInUse == 0)
        #expect(machine.received(fragment(0), now: 0) == .ignore)
    }

    @Test func `refuses new calls while it drains, and lets running ones end`() {
        var machine = Self.opened()
        #expect(machine.received(Self.request(0), now: 0) == .start)
        let began = machine.beginDrain()
        #expect(began)
        #expect(machine.received(Self.request(1), now: 0) == .refuse(.draining))
        #expect(machine.slotsInUse == 1)
        machine.ended(0)
        #expect(machine.slotsInUse == 0)
    }

    @Test func `refuses slots beyond its own, and faults beyond what a client may assume`() {
        var limits = ConnectionLimits()
        limits.slotsMax = 4
        var machine = Self.opened(limits)
        #expect(machine.received(Self.request(4), now: 0) == .refuse(.tooManySlots))
        #expect(machine.received(Self.request(255), now: 0) == .refuse(.tooManySlots))
        #expect(machine.received(Self.request(256), now: 0) == .fault(.slotInUse))
    }

    @Test func `bounds control frames by token buckets that time refills`() {
        var limits = ConnectionLimits()
        limits.pings = .init(burst: 2, perSecond: 1)
        var machine = Self.opened(limits)
        let ping = FrameHeader(.ping, bodyLength: 8)
        #expect(machine.received(ping, now: 0) == .pong)
        #expect(machine.received(ping, now: 0) == .pong)
        #expect(machine.received(ping, now: 1_000_000_000) == .pong)
        #expect(machine.received(ping, now: 1_500_000_000) == .fault(.flood))
    }

    @Test func `sends no more than the window, and no window beyond its bound`() {
        var machine = Self.opened()
        _ = machine.received(Self.request(0), now: 0)
        var taken = 0
        for _ in 0..<10 { taken += machine.take(16_384, on: 0) }
        #expect(taken == 65_536)
        let window = FrameHeader(.window, bodyLength: 4)
        #expect(machine.received(window, grant: 5, now: 0) == .resume)
        let rest = machine.take(100, on: 0)
        #expect(rest == 5)
        #expect(machine.received(window, grant: 0x8000_0000, now: 0) == .fault(.windowExceeded))
    }

    /// Every sequence of four inputs, against a model that is written down as the protocol's text says it.
    @Test func `agrees with the protocol's text on every short sequence of inputs`() {
        let inputs: [FrameHeader] = [
            FrameHeader(.hello, metaLength: 1),
            Self.request(0), Self.request(1, [.message, .more]),
            FrameHeader(.data, .more, bodyLength: 3, slot: 1), FrameHeader(.data, .endOfStream, bodyLength: 3, slot: 1),
            FrameHeader(.data, .message, bodyLength: 3, slot: 0), FrameHeader(.cancel, slot: 0),
            FrameHeader(.window, bodyLength: 4, slot: 0), FrameHeader(.ping, bodyLength: 8), FrameHeader(.end, slot: 0),
        ]
        for code in 0..<10_000 {
            var machine = ServerConnectionMachine(limits: ConnectionLimits(), now: 0)
            var model = Model()
            var rest = code
            for _ in 0..<4 {
                let input = inputs[rest % 10]
                rest /= 10
                let result = machine.received(input, grant: 1, now: 0)
                let expected = model.received(input)
                guard result == expected else {
                    Issue.record("\(code): \(input) gave \(result), not \(expected)")
                    return
                }
                if result == .judgeHello { machine.accept(PeerLimits()) }
                guard machine.slotsInUse == model.used.count else {
                    Issue.record("\(code): \(machine.slotsInUse) slots are in use, not \(model.used.count)")
                    return
                }
            }
        }
    }

    @Test func `keeps its books on any bytes, whatever the decoder makes of them`() {
        let random = SeededRandom(printedAs: "frames")
        for _ in 0..<300 {
            var decoder = FrameDecoder(limits: ConnectionLimits(), expectsMagic: false)
            var machine = Self.opened()
            var bytes: [UInt8] = []
            for _ in 0..<40 {
                // Mostly well-formed headers, so that the machine sees more than noise.
                let body = random.number(in: 0...20)
                let meta = random.isOnce(in: 2) ? 0 : random.number(in: 0...body)
                var header = FrameHeader(.data, bodyLength: body, slot: UInt32(random.number(in: 0...3)))
                header.metaLength = meta
                header.typeNumber = UInt8(random.number(in: 0...11))
                header.flags = FrameFlags(rawValue: UInt8(random.number(in: 0...7)))
                bytes += header.bytes + (0..<body).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                if random.isOnce(in: 20) { bytes[bytes.count - 1 - random.number(in: 0...11)] ^= 0xFF }
            }
            var offset = 0
            decoding: while case .frame(let frame) = decoder.next(bytes.span, from: offset) {
                offset = frame.end
                let slot = frame.header.slot
                switch machine.received(frame.header, grant: 7, now: 0) {
                case .fault: break decoding
                case .start, .appendAndStart: if random.isOnce(in: 2) { machine.ended(slot) }
                default: break
                }
            }
            #expect((0...4).contains(machine.slotsInUse))
        }
    }

    private struct Model {
        var hasHello = false
        var isClosed = false
        /// Slots in use, and whether their message is still coming.
        var used: [UInt32: Bool] = [:]

        mutating func received(_ header: FrameHeader) -> ServerConnectionMachine.OnFrame {
            guard !isClosed else { return .ignore }
            let result = judge(header)
            if case .fault = result {
                isClosed = true
                used = [:]
            }
            return result
        }

        private mutating func judge(_ header: FrameHeader) -> ServerConnectionMachine.OnFrame {
            guard hasHello else {
                hasHello = header.type == .hello
                return hasHello ? .judgeHello : .fault(.protocolViolation)
            }
            switch header.type {
            case .request:
                guard used[header.slot] == nil else { return .fault(.slotInUse) }
                used[header.slot] = header.flags.contains(.more)
                return header.flags.contains(.more) ? .keep(grant: 0) : .start
            case .data:
                guard let isComing = used[header.slot] else { return .ignore }
                guard isComing, !header.flags.contains(.message) else { return .fault(.protocolViolation) }
                used[header.slot] = header.flags.contains(.more)
                return header.flags.contains(.more) ? .append(grant: 0) : .appendAndStart
            case .cancel: return used[header.slot] == nil ? .ignore : .cancel
            case .window: return used[header.slot] == nil ? .ignore : .resume
            case .ping: return .pong
            default: return .fault(.protocolViolation)
            }
        }
    }

    private static func opened(_ limits: ConnectionLimits = ConnectionLimits()) -> ServerConnectionMachine {
        var machine = ServerConnectionMachine(limits: limits, now: 0)
        _ = machine.received(FrameHeader(.hello, metaLength: 1), now: 0)
        machine.accept(PeerLimits())
        return machine
    }
}
