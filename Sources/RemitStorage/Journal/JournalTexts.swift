/// Where a journal has the statements' texts from: their numbers mean nothing to another process.
struct JournalTexts: Sendable {
    /// How many there are; it only grows.
    let count: @Sendable () -> Int
    /// Those with the numbers from one on.
    let texts: @Sendable (_ first: Int) -> [String]

    static let ofProcess = JournalTexts(count: { RedoTexts.count }, texts: { RedoTexts.texts(from: $0) })
}
