import RemitWire

/// Where answers or requests are encoded on one event loop, one after the other: the memory that a large one took is
/// kept once.
// @unchecked: it is touched on its event loop alone.
final class SpareWriter: @unchecked Sendable {
    // Unchecked: what is replaced is nil or freed memory, and neither calls anything.
    @exclusivity(unchecked) private var writer: WireWriter? = WireWriter()

    /// An empty writer; give it back.
    ///
    /// Taken out, not lent: whoever encodes with it may call what it likes.
    func take() -> WireWriter { writer.take() ?? WireWriter() }

    func giveBack(_ used: consuming WireWriter) {
        used.reset()
        writer = consume used
    }
}
