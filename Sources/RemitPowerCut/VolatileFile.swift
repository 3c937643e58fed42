/// One file on a disk whose power can go: what is safe, and what was written since the last sync.
struct VolatileFile {
    /// A disk writes a sector whole or not at all.
    static let sectorBytes = 512

    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncation(size: Int)
    }

    /// What survives whatever comes.
    private(set) var safe: [UInt8]
    private var changes: [Change] = []

    init(safe: [UInt8] = []) {
        self.safe = safe
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        changes.append(.write(offset: offset, bytes: Array(bytes)))
    }

    mutating func truncate(to size: Int) {
        changes.append(.truncation(size: size))
    }

    /// All that was written is safe.
    mutating func sync() {
        for change in changes {
            switch change {
            case .write(let offset, let bytes): Self.write(bytes[...], at: offset, to: &safe)
            case .truncation(let size): Self.truncate(&safe, to: size)
            }
        }
        changes = []
    }

    /// The power went: nothing that wasn't synced is there.
    mutating func drop() {
        changes = []
    }

    /// The power went: of what wasn't synced, those sectors and truncations are there that `keeps` says yes to.
    mutating func tear(keeps: () -> Bool) {
        for change in changes {
            switch change {
            case .write(let offset, let bytes):
                var start = 0
                while start < bytes.count {
                    let end = min(bytes.count, start + Self.sectorBytes - (offset + start) % Self.sectorBytes)
                    if keeps() { Self.write(bytes[start..<end], at: offset + start, to: &safe) }
                    start = end
                }
            case .truncation(let size):
                if keeps() { Self.truncate(&safe, to: size) }
            }
        }
        changes = []
    }

    private static func write(_ bytes: ArraySlice<UInt8>, at offset: Int, to content: inout [UInt8]) {
        if content.count < offset + bytes.count {
            content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
        }
        content.withUnsafeMutableBytes { content in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: content[offset...]).copyMemory(from: $0) }
        }
    }

    private static func truncate(_ content: inout [UInt8], to size: Int) {
        if size < content.count { content.removeLast(content.count - size) }
    }
}
