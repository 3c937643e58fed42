/// What a journal has done since it was opened.
package struct JournalReadings: Hashable, Sendable {
    /// Rounds that were written and synced.
    package var rounds = 0
    /// Records in them.
    package var records = 0
    /// Bytes of the rounds as they lie in the file, texts left out.
    package var bytes = 0
    /// Records that weren't taken: both segments or the memory were full, or it has failed.
    package var refused = 0
    /// Times that a full segment has been made free again.
    package var retired = 0

    package init() {}
}
