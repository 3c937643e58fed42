/// What a program does to a disk, as far as a power cut can tell the difference.
package enum DiskPlace: String, Hashable, Sendable, CaseIterable {
    /// A file gets its name.
    case creation
    /// A file loses its name.
    case deletion
    /// A page of the database: in WAL mode, a checkpoint's.
    case databaseWrite
    case databaseSync
    /// The write-ahead log's header, or frames: a commit's.
    case logWrite
    /// Zeros at the log's end: its prewarming.
    case logExtension
    case logSync
    /// The rollback journal, which a file has until it is in WAL mode.
    case journalWrite
    case journalSync
    case truncation
    /// All files and names at once.
    case fileSystemSync
}

/// When the power goes: at the n-th time that something is done.
package struct PowerCut: Hashable, Sendable {
    /// What is counted; nil: everything.
    package var place: DiskPlace?
    /// From 1.
    package var nth: Int
    /// Whether the disk has done it, and only the program never learns of that.
    package var isAfter: Bool

    package init(at place: DiskPlace? = nil, nth: Int, isAfter: Bool = false) {
        precondition(nth > 0, "The first time is 1.")
        self.place = place
        self.nth = nth
        self.isAfter = isAfter
    }
}
