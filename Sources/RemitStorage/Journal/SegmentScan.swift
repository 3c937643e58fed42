internal import RemitDomain

/// What a segment's file holds: its records in order, the texts that they name, and what is wrong with it.
///
/// The file may hold anything. Nothing is taken but what checks out.
struct SegmentScan {
    /// Where a record lies.
    struct Record {
        var tenant: TenantID
        var base: Int64
        var newest: Int64
        /// Of the executions, in the file.
        var offset: Int64
        var count: Int
    }

    enum Damage: String, Hashable, Sendable {
        /// There is something in the file, and its beginning is no header.
        case header
        /// A frame that doesn't check out is followed by one of a later round: not what a cut of the power leaves.
        case frame
        /// A frame checks out and holds what can't be read.
        case content
    }

    /// Nil: there is none.
    private(set) var header: SegmentHeader?
    private(set) var records: [Record] = []
    private(set) var texts: [UInt16: String] = [:]
    private(set) var damage: Damage?

    private let file: FileWindow

    init(of file: JournalFile) throws(StorageError) {
        self.file = try FileWindow(file, ahead: FileWindow.aheadBytes)
        guard self.file.size > 0 else { return }
        // A cut of the power while it was made may have left less than a page.
        let page = try self.file.bytes(at: 0, count: Int(min(self.file.size, Int64(SegmentHeader.roomBytes))))
        header = page.flatMap { SegmentHeader(decoding: $0) }
        if let header {
            try scan(header)
        } else if page?.allSatisfy({ $0 == 0 }) != true {
            damage = .header
        }
    }

    private mutating func scan(_ header: SegmentHeader) throws(StorageError) {
        var offset = Int64(SegmentHeader.roomBytes)
        var round: UInt64 = 1
        while let frame = try frame(at: offset, header), frame.round == round {
            guard try take(frame, at: offset) else {
                damage = .content
                return
            }
            offset += Int64(frame.length)
            if frame.kind == .records { round += 1 }
        }
        // A round that a cut of the power has spoilt is the last one.
        if try isFollowed(from: offset, by: round, header) { damage = .frame }
    }

    // MARK: Frames

    /// A frame that checks out; nil: there is none.
    private func frame(at offset: Int64, _ header: SegmentHeader) throws(StorageError) -> JournalFrame? {
        guard let frame = try candidate(at: offset, header) else { return nil }
        let start = offset + Int64(JournalFrame.headerBytes)
        guard let payload = try file.bytes(at: start, count: frame.payloadBytes),
            frame.isSealed(payload, key: header.key)
        else { return nil }
        return frame
    }

    /// What may be a frame, by its header alone.
    private func candidate(at offset: Int64, _ header: SegmentHeader) throws(StorageError) -> JournalFrame? {
        guard let bytes = try file.bytes(at: offset, count: JournalFrame.headerBytes),
            let frame = JournalFrame(decoding: bytes), frame.generation == header.generation
        else { return nil }
        return frame
    }

    /// Whether a frame of a later round lies behind a place.
    ///
    /// Looks at each sector, but at no more payloads than the file has bytes, twice: what was stored may look like the
    /// beginning of many frames.
    private func isFollowed(
        from start: Int64, by round: UInt64, _ header: SegmentHeader
    ) throws(StorageError) -> Bool {
        var budget = 2 * file.size
        var offset = start
        while offset < file.size, budget > 0 {
            if let candidate = try candidate(at: offset, header), candidate.round > round {
                budget -= Int64(candidate.payloadBytes)
                if try frame(at: offset, header) != nil { return true }
            }
            offset += Int64(JournalFrame.sectorBytes)
        }
        return false
    }

    private mutating func take(_ frame: JournalFrame, at offset: Int64) throws(StorageError) -> Bool {
        let start = offset + Int64(JournalFrame.headerBytes)
        guard let payload = try file.bytes(at: start, count: frame.payloadBytes) else { return false }
        switch frame.kind {
        case .texts:
            guard let found = Self.texts(payload) else { return false }
            texts.merge(found) { $1 }
        case .records:
            guard let found = Self.records(payload, start) else { return false }
            records += found
        }
        return true
    }

    private static func texts(_ bytes: UnsafeRawBufferPointer) -> [UInt16: String]? {
        var reader = JournalReader(bytes)
        var texts: [UInt16: String] = [:]
        while !reader.isAtEnd {
            guard let number = reader.int16(), let count = reader.int32(), let text = reader.bytes(Int(count)) else {
                return nil
            }
            texts[number] = String(decoding: text, as: UTF8.self)
        }
        return texts
    }

    private static func records(_ bytes: UnsafeRawBufferPointer, _ start: Int64) -> [Record]? {
        var reader = JournalReader(bytes)
        var records: [Record] = []
        while !reader.isAtEnd {
            guard let entry = JournalEntry(from: &reader) else { return nil }
            records.append(
                Record(
                    tenant: entry.tenant, base: entry.base, newest: entry.newest,
                    offset: start + Int64(entry.executions.lowerBound), count: entry.executions.count))
        }
        return records
    }
}
