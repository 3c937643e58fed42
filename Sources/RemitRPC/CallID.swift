/// Names one call of a door: its slot, and the slot's generation, so that an answer to an earlier call is recognized.
public struct CallID: Sendable, Hashable {
    /// The slot's index.
    public var slot: UInt32
    /// How many calls had used the slot before, and one.
    public var generation: UInt32

    /// The call in `slot` at `generation`.
    @inlinable
    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }
}
