/// The calls of one connection: which slots are in use, what arrives on them and what may be sent.
struct SlotTable: Sendable {
    private struct Slot: Sendable {
        var intake: MessageIntake
        var sendWindow: Int
        var isUsed: Bool
    }

    let limits: ConnectionLimits
    private var slots: [Slot] = []
    private(set) var inUse = 0
    /// Bytes of incomplete messages on all slots.
    private(set) var reassembly = 0

    /// The largest window that a grant may lead to.
    static let windowMax = Int(Int32.max)

    init(limits: ConnectionLimits) { self.limits = limits }

    /// How many slots have ever been used.
    var count: Int { slots.count }

    func isUsed(_ slot: UInt32) -> Bool { slot < slots.count && slots[Int(slot)].isUsed }

    /// Whether a whole message has come on a slot.
    func hasMessage(_ slot: UInt32) -> Bool { isUsed(slot) && slots[Int(slot)].intake.hasMessage }

    /// Puts a free slot to use.
    mutating func open(_ slot: UInt32, sendWindow: Int) {
        let fresh = Slot(
            intake: MessageIntake(windowSize: limits.windowSize), sendWindow: sendWindow, isUsed: true)
        if slot < slots.count {
            slots[Int(slot)] = fresh
        } else {
            while slots.count < slot {
                slots.append(Slot(intake: MessageIntake(windowSize: 0), sendWindow: 0, isUsed: false))
            }
            slots.append(fresh)
        }
        inUse += 1
    }

    /// Frees a slot that is in use.
    mutating func free(_ slot: UInt32) {
        precondition(isUsed(slot), "A slot is freed once for each time it is opened.")
        reassembly -= slots[Int(slot)].intake.partial ?? 0
        slots[Int(slot)].isUsed = false
        inUse -= 1
    }

    /// What a frame's body meant.
    enum OnBody: Sendable, Hashable {
        case nothing
        case whole
        case fragment
        case last
        /// Message or reassembly limit: the call must end; its slot is still in use.
        case tooLarge(isMessage: Bool)
        case fault(ConnectionFault)
    }

    /// A body came on a slot that is in use.
    mutating func receivedBody(_ header: FrameHeader, closes: Bool) -> OnBody {
        let position = Int(header.slot)
        let before = slots[position].intake.partial ?? 0
        let result = slots[position].intake.received(header.flags, count: header.bodyLength, closes: closes)
        if case .whole = result { return .whole }
        let partial = slots[position].intake.partial ?? 0
        reassembly += partial - before
        switch result {
        case .nothing: return .nothing
        case .whole: return .whole
        case .last(let size): return size > limits.messageSizeMax ? .tooLarge(isMessage: true) : .last
        case .fault(let fault): return .fault(fault)
        case .fragment:
            if partial > limits.messageSizeMax { return .tooLarge(isMessage: true) }
            return reassembly > limits.reassemblySizeMax ? .tooLarge(isMessage: false) : .fragment
        }
    }

    /// A whole message of a slot was taken by its reader; on a free slot nothing happens.
    mutating func consumed(_ count: Int, on slot: UInt32) {
        guard isUsed(slot) else { return }
        slots[Int(slot)].intake.consumed(count)
    }

    /// How many bytes to grant on a slot now; 0: none.
    mutating func grant(on slot: UInt32) -> UInt32 {
        guard isUsed(slot) else { return 0 }
        return slots[Int(slot)].intake.grant()
    }

    /// The peer grants bytes; false when that is beyond the window's bound.
    mutating func receivedGrant(_ count: UInt32, on slot: UInt32) -> Bool {
        let sum = slots[Int(slot)].sendWindow + Int(count)
        guard count > 0, sum <= Self.windowMax else { return false }
        slots[Int(slot)].sendWindow = sum
        return true
    }

    /// Takes up to `wanted` bytes of a slot's window for sending.
    mutating func take(_ wanted: Int, on slot: UInt32) -> Int {
        guard isUsed(slot) else { return 0 }
        let window = slots[Int(slot)].sendWindow
        let taken = min(wanted, window)
        slots[Int(slot)].sendWindow = window - taken
        return taken
    }

    /// A peer's first window turned out to be other than the default: what is open is moved by the difference.
    mutating func moveSendWindows(by difference: Int) {
        guard difference != 0 else { return }
        for position in slots.indices where slots[position].isUsed { slots[position].sendWindow += difference }
    }
}
