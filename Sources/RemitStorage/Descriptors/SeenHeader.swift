/// A wal-index's header as it was seen: each commit, of whichever process, changes it.
struct SeenHeader {
    /// A commit changes one copy of the header after the other; 48 bytes each.
    private typealias Words = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    private let words: Words

    /// As it is now, in mapped memory that others change.
    init(at present: UnsafeRawPointer) {
        words = present.load(as: Words.self)
    }

    /// Whether it is there whole, and as it was.
    func isPresent(at present: UnsafeRawPointer) -> Bool {
        present.load(as: Words.self) == words
            && present.load(fromByteOffset: MemoryLayout<Words>.size, as: Words.self) == words
    }

    /// Whether somebody has made it: the header of a file that is to be built anew says no (byte 12).
    var isValid: Bool { withUnsafeBytes(of: words) { $0[12] != 0 } }

    /// Whether it is valid, and both the WAL's last frame and the database's pages after that are none.
    var isEmpty: Bool { isValid && words.2 == 0 }
}

/// What was committed to a database when this was taken: as long as it is the same, so is all that can be read.
struct CommittedState {
    let header: SeenHeader
    /// Which of the headers that this connection has had: one that others make anew may have the same bytes.
    let generation: Int
}
