internal import RemitDomain

/// One of a journal's files, and how far it is written.
// @unchecked: it belongs to the one thread that makes a round, and to none between two rounds.
final class JournalSegment: @unchecked Sendable {
    private let file: JournalFile
    private let options: JournalOptions
    /// The file's bytes.
    private var size: Int64
    private var header: SegmentHeader?
    /// Where the next frame begins.
    private var end = Int64(SegmentHeader.roomBytes)
    private var round: UInt64 = 0
    /// So many texts are in this generation.
    private var textsKnown = 0
    /// Bytes of their frames.
    private var textBytes = 0

    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let zeros: UnsafeRawBufferPointer = {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1_024, alignment: 4_096)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(memory)
    }()

    init(_ file: JournalFile, _ options: JournalOptions) throws(StorageError) {
        self.file = file
        self.options = options
        size = try file.size()
    }

    /// Begins a generation, durably: nothing that lies in the file counts any more.
    func begin(_ generation: UInt64) throws(StorageError) {
        let header = SegmentHeader(generation: generation)
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: SegmentHeader.roomBytes, alignment: 16)
        defer { page.deallocate() }
        page.initializeMemory(as: UInt8.self, repeating: 0)
        header.encode(to: page)
        try file.write(UnsafeRawBufferPointer(page), at: 0)
        try file.sync()
        size = max(size, Int64(page.count))
        self.header = header
        end = Int64(SegmentHeader.roomBytes)
        round = 0
        textsKnown = 0
        textBytes = 0
    }

    /// Writes a round, after the texts that it may need, and syncs the file; returns the round's bytes.
    func write(_ buffer: RoundBuffer) throws(StorageError) -> Int {
        guard let header else { preconditionFailure("A round was written to a segment that wasn't begun.") }
        round += 1
        try writeTexts(header)
        let frame = buffer.sealed(.records, round: round, header: header)
        try append(frame)
        try file.sync()
        return frame.count
    }

    func close() {
        file.close()
    }

    /// All texts that have come since the last time: the round's are among them.
    private func writeTexts(_ header: SegmentHeader) throws(StorageError) {
        guard options.texts.count() > textsKnown else { return }
        let texts = options.texts.texts(textsKnown)
        let buffer = RoundBuffer()
        for (place, text) in texts.enumerated() { buffer.append(text, number: UInt16(textsKnown + place)) }
        let frame = buffer.sealed(.texts, round: round, header: header)
        guard frame.count <= options.textBytesMax - textBytes else {
            throw StorageError(.full, message: "The statements' texts don't fit into the journal.")
        }
        try append(frame)
        textBytes += frame.count
        textsKnown += texts.count
    }

    private func append(_ frame: UnsafeRawBufferPointer) throws(StorageError) {
        try grow(to: end + Int64(frame.count))
        try file.write(frame, at: end)
        end += Int64(frame.count)
    }

    /// Fills the file up with zeros, by whole steps, so that most syncs find its size as it was.
    private func grow(to wanted: Int64) throws(StorageError) {
        guard wanted > size else { return }
        let step = Int64(options.growthBytes)
        let goal = min((wanted + step - 1) / step * step, max(wanted, Int64(options.segmentBytesMax)))
        // From the round's own end on: what is before is written anyway.
        var offset = wanted
        while offset < goal {
            let count = Int(min(Int64(Self.zeros.count), goal - offset))
            try file.write(UnsafeRawBufferPointer(rebasing: Self.zeros[..<count]), at: offset)
            offset += Int64(count)
        }
        size = goal
    }
}
