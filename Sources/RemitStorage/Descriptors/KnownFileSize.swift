/// A database file's size, as long as it is certain that nobody has changed it.
///
/// The file grows and shrinks only when pages are copied to it from the WAL. Before that somebody commits to the WAL, and
/// each commit changes the wal-index's header. So where the header says that nothing was committed since it was made, the
/// size is what it was when the same header was seen.
struct KnownFileSize {
    private var header: SeenHeader?
    private var bytes: Int64?

    /// The size, if the header is as it was; nil: ask the file, between ``begin(_:)`` and ``end(_:_:)``.
    func known(by present: UnsafeRawPointer) -> Int64? {
        guard let bytes, let header, header.isPresent(at: present) else { return nil }
        return bytes
    }

    /// The file is about to be asked.
    mutating func begin(_ present: UnsafeRawPointer) {
        bytes = nil
        header = SeenHeader(at: present)
    }

    /// The file has answered: that holds if the header was whole before and after, and nothing is committed by it.
    mutating func end(_ size: Int64, _ present: UnsafeRawPointer) {
        guard let header, header.isEmpty, header.isPresent(at: present) else { return }
        bytes = size
    }

    /// The header may have been made anew by others, to the same bytes.
    mutating func forget() { bytes = nil }
}
