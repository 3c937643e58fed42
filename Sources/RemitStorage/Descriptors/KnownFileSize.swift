/// A database file's size, as long as it is certain that nobody has changed it.
///
/// The file grows and shrinks only when pages are copied to it from the WAL. Before that somebody commits to the WAL, and
/// each commit changes the wal-index's header. So where the header says that nothing was committed since it was made, the
/// size is what it was when the same header was seen.
struct KnownFileSize {
    /// A commit changes one copy of the header after the other; 48 bytes each.
    private typealias Header = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    private var header: Header = (0, 0, 0, 0, 0, 0)
    private var bytes: Int64?

    /// The size, if the header is as it was; nil: ask the file, between ``begin(_:)`` and ``end(_:_:)``.
    func known(by present: UnsafeRawPointer) -> Int64? {
        guard let bytes, isSame(present) else { return nil }
        return bytes
    }

    /// The file is about to be asked.
    mutating func begin(_ present: UnsafeRawPointer) {
        bytes = nil
        header = present.load(as: Header.self)
    }

    /// The file has answered: that holds if the header was whole before and after, and nothing is committed by it.
    mutating func end(_ size: Int64, _ present: UnsafeRawPointer) {
        bytes = isEmpty && isSame(present) ? size : nil
    }

    /// The header may have been made anew by others, to the same bytes.
    mutating func forget() { bytes = nil }

    private func isSame(_ present: UnsafeRawPointer) -> Bool {
        present.load(as: Header.self) == header
            && present.load(fromByteOffset: MemoryLayout<Header>.size, as: Header.self) == header
    }

    /// Whether the header is valid (byte 12), and both its last frame and the database's pages after that are none.
    private var isEmpty: Bool {
        withUnsafeBytes(of: header) { $0[12] != 0 } && header.2 == 0
    }
}
