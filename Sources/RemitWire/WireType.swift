/// How a field's payload is laid out: the low three bits of its tag.
public enum WireType: UInt32, Sendable {
    /// One to ten bytes, seven bits each, least significant group first.
    case varint = 0
    /// Eight bytes, little-endian.
    case fixed64 = 1
    /// A varint length, then that many bytes.
    case lengthDelimited = 2
    /// Fields up to the matching end of the group (proto2 only; skipped).
    case startGroup = 3
    /// The end of a group.
    case endGroup = 4
    /// Four bytes, little-endian.
    case fixed32 = 5
}
