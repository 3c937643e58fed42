import RemitWire

/// Where the connections of one event loop encode their answers, one after the other: the memory that a large answer
/// took is kept once, not by each connection.
// @unchecked: it is touched on its event loop alone.
final class AnswerScratch: @unchecked Sendable {
    var writer = WireWriter()
}
