public import RemitWire
import Synchronization

/// Where answers go: the answering side of a door, with one atomic word per slot.
///
/// A word holds the slot's generation and the state of its call: free → waiting ⇄ started → ended → free, or waiting →
/// ended. Exactly one caller wins the step to `ended`, and that one answers; all others are stale and are dropped.
/// The door opens, expires and frees; services begin and answer, from any thread.
// @unchecked: the words are atomics behind a pointer that never changes; subclasses state their own reasons.
open class ReplySink: @unchecked Sendable {
    /// How many slots there are.
    public let slotCount: Int
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// Whether the door is reading, on the thread that starts its calls: what a service holds back in ``gathering`` is
    /// handed over at the read's end.
    ///
    /// The door's own thread alone asks and sets both.
    public final var isGathering = false
    /// What the service holds back of this read's calls.
    public final var gathering: CallGathering?

    private enum State {
        static let free: UInt64 = 0
        static let waiting: UInt64 = 1
        static let started: UInt64 = 2
        static let ended: UInt64 = 3
        static let mask: UInt64 = 3
    }

    /// What ending a call found.
    public enum OnEnd: Sendable, Hashable {
        /// It was waiting: it never ran, and never will.
        case neverStarted
        /// It had been started.
        case started
        /// It had ended already, or belongs to an earlier use of the slot.
        case stale
    }

    /// A sink with `slotCount` slots, all free.
    public init(slotCount: Int) {
        precondition(slotCount > 0, "A sink has at least one slot.")
        self.slotCount = slotCount
        words = .allocate(capacity: slotCount)
        for slot in 0..<slotCount { (words + slot).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: slotCount)
        words.deallocate()
    }

    // MARK: The door's side

    /// Opens a free slot for a new call; the door alone calls it, never twice without `free`.
    public final func open(_ slot: UInt32) -> CallID {
        precondition(slot < slotCount, "The slot is one of the sink's.")
        let word = words[Int(slot)].load(ordering: .relaxed)
        precondition(word & State.mask == State.free, "A slot is opened only when it is free.")
        let generation = UInt32(truncatingIfNeeded: word >> 32) &+ 1
        words[Int(slot)].store(UInt64(generation) << 32 | State.waiting, ordering: .releasing)
        return CallID(slot: slot, generation: generation)
    }

    /// Ends a call if it hasn't started: true means that it never ran and never will.
    public final func expire(_ call: CallID) -> Bool {
        exchange(call, from: State.waiting, to: State.ended)
    }

    /// Claims the right to answer; whoever gets `stale` must not.
    public final func end(_ call: CallID) -> OnEnd {
        precondition(call.slot < slotCount, "The slot is one of the sink's.")
        let generation = UInt64(call.generation) << 32
        var word = words[Int(call.slot)].load(ordering: .acquiring)
        // Between two attempts a call may start, or go back to waiting: as long as it is open, one of them will do.
        while word == generation | State.waiting || word == generation | State.started {
            let (exchanged, original) = words[Int(call.slot)].compareExchange(
                expected: word, desired: generation | State.ended, ordering: .acquiringAndReleasing)
            if exchanged { return word & State.mask == State.started ? .started : .neverStarted }
            word = original
        }
        return .stale
    }

    /// Frees the slot of an ended call for the next one.
    public final func free(_ call: CallID) {
        precondition(call.slot < slotCount, "The slot is one of the sink's.")
        let generation = UInt64(call.generation) << 32
        let word = words[Int(call.slot)].load(ordering: .relaxed)
        precondition(word == generation | State.ended, "A slot is freed once, after its call ended.")
        // Nobody else changes the word of an ended call.
        words[Int(call.slot)].store(generation | State.free, ordering: .releasing)
    }

    /// Ends a read: hands over what was held back.
    public final func handOver() {
        isGathering = false
        gathering?.handOver()
    }

    // MARK: The service's side

    /// Starts a waiting call; false means that it has expired or was started before, and must not run.
    public final func begin(_ call: CallID) -> Bool {
        exchange(call, from: State.waiting, to: State.started)
    }

    /// Puts a started call, of which nothing was executed, back to waiting: it may expire then, as one that never ran.
    ///
    /// False means that it has ended, and must not run.
    public final func pause(_ call: CallID) -> Bool {
        exchange(call, from: State.started, to: State.waiting)
    }

    /// Whether the call has neither ended nor given its slot away.
    public final func isOpen(_ call: CallID) -> Bool {
        let word = words[Int(call.slot)].load(ordering: .acquiring)
        guard UInt32(truncatingIfNeeded: word >> 32) == call.generation else { return false }
        return word & State.mask == State.waiting || word & State.mask == State.started
    }

    /// Answers one call with a range of `bytes`; a stale answer is dropped.
    public final func deliver(_ reply: Reply, _ bytes: [UInt8]) {
        guard end(reply.call) != .stale else { return }
        write(reply, bytes)
    }

    /// Answers one call with the message that `encode` writes, once and only if the answer isn't stale: straight into
    /// the door's buffer where it can.
    public final func deliver(_ call: CallID, replayed: Bool = false, encode: (inout WireWriter) -> Void) {
        guard end(call) != .stale else { return }
        write(call, replayed: replayed, encode)
    }

    /// Answers many calls of this door in one hop; stale answers are dropped.
    public final func deliver(_ batch: consuming ReplyBatch) {
        batch.replies.removeAll { end($0.call) == .stale }
        guard !batch.replies.isEmpty else { return }
        write(batch)
    }

    // MARK: Overrides, one per door

    /// Sends one answer whose right to be sent has been claimed; any thread.
    open func write(_ reply: Reply, _ bytes: [UInt8]) {
        preconditionFailure("Each door says how it writes an answer.")
    }

    /// Sends one answer whose right to be sent has been claimed; any thread.
    open func write(_ call: CallID, replayed: Bool, _ encode: (inout WireWriter) -> Void) {
        var writer = WireWriter()
        encode(&writer)
        let bytes = writer.array
        write(Reply(call, .message(0..<bytes.count), replayed: replayed), bytes)
    }

    /// Sends answers whose right to be sent has been claimed; any thread.
    open func write(_ batch: consuming ReplyBatch) {
        for reply in batch.replies { write(reply, batch.bytes) }
    }

    /// Sends one message of a stream, when its window has room; any thread.
    ///
    /// Throws once the call has ended.
    open func send(_ bytes: [UInt8], on call: CallID) async throws(RPCError) {
        throw RPCError(.unimplemented, "This door has no streams.")
    }

    /// Keeps the task of a stream, to cancel it when its call ends early; called where the call is started.
    open func attach(_ task: Task<Void, Never>, to call: CallID) {
        preconditionFailure("A door without streams starts none.")
    }

    private final func exchange(_ call: CallID, from: UInt64, to: UInt64) -> Bool {
        precondition(call.slot < slotCount, "The slot is one of the sink's.")
        let generation = UInt64(call.generation) << 32
        return words[Int(call.slot)].compareExchange(
            expected: generation | from, desired: generation | to, ordering: .acquiringAndReleasing
        ).exchanged
    }
}
