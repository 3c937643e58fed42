/// A journal's limits, and what it asks of the system beside SQLite's files.
package struct JournalOptions: Sendable {
    /// A segment's bytes: some 70,000 creates.
    ///
    /// Each time that one is full all WALs are synced; a start after a power cut reads two of them at most.
    package var segmentBytesMax = 128 * 1_024 * 1_024
    /// What a segment grows by, in zeros: a sync of a file that has grown writes the inode, too, and the round that
    /// makes it grow waits for the zeros.
    package var growthBytes = 256 * 1_024
    /// Records that wait for a round: some thousands; beyond it tenants sync their own logs.
    package var bufferedBytesMax = 4 * 1_024 * 1_024
    /// Room that each segment keeps for the statements' texts, which are a tenth of that.
    package var textBytesMax = 1_024 * 1_024
    /// Threads that look after tenants' files at a start: as many as the cores at most, whatever this is.
    package var recoveryThreadsMax = 8
    /// Makes all that was ever written to tenants' files durable, and returns why it couldn't; nil: `syncfs` of the
    /// journal's folder.
    package var synchronizeAll: (@Sendable () -> StorageError?)?
    /// Runs what blocks for long, on a thread that has nothing else to do; nil: a thread of the journal's own.
    package var inBackground: (@Sendable (@escaping @Sendable () -> Void) -> Void)?
    /// The statements' texts by their numbers.
    var texts = JournalTexts.ofProcess

    package init() {}

    /// Bytes of a segment that rounds may take.
    var capacity: Int { segmentBytesMax - SegmentHeader.roomBytes - textBytesMax }

    func check() {
        precondition(capacity >= JournalFrame.length(payload: bufferedBytesMax), "A segment can't take a round.")
        precondition(
            bufferedBytesMax <= JournalFrame.payloadBytesMax && textBytesMax <= JournalFrame.payloadBytesMax,
            "A round is longer than what a journal's reader takes.")
        precondition(growthBytes > 0 && recoveryThreadsMax > 0, "A journal's limit is missing.")
    }
}
