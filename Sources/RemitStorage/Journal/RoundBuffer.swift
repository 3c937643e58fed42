internal import RemitDomain

/// What waits for a round: a frame's bytes as they will be written, and who is to be told.
// @unchecked: it belongs to the journal's state, under its lock, or to the one thread that makes the round.
final class RoundBuffer: @unchecked Sendable {
    /// A round of some twenty creates; it grows by doubling.
    private static let firstBytes = 64 * 1_024

    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: firstBytes, alignment: 16)
    /// Bytes that are used; the frame's header comes first.
    private var count = JournalFrame.headerBytes
    var waiters: [any JournalWaiter] = []

    var payloadBytes: Int { count - JournalFrame.headerBytes }
    var isEmpty: Bool { waiters.isEmpty }

    func append(
        _ executions: UnsafeRawBufferPointer, tenant: UnsafeBufferPointer<UInt8>, base: Int64, newest: Int64
    ) {
        let length = JournalEntry.length(tenant: tenant.count, executions: executions.count)
        let place = room(for: length)
        JournalEntry.encode(to: place, tenant: tenant, base: base, newest: newest, executions: executions)
    }

    /// Appends a statement's text: its number (UInt16), its length (UInt32), and its UTF-8.
    func append(_ text: String, number: UInt16) {
        var text = text
        text.withUTF8 { utf8 in
            let place = room(for: 6 + utf8.count)
            place.storeBytes(of: number.littleEndian, as: UInt16.self)
            place.storeBytes(of: UInt32(utf8.count).littleEndian, toByteOffset: 2, as: UInt32.self)
            if let source = utf8.baseAddress { (place + 6).copyMemory(from: source, byteCount: utf8.count) }
        }
    }

    /// The whole frame, with its header, and zeros up to its end.
    func sealed(_ kind: JournalFrame.Kind, round: UInt64, header: SegmentHeader) -> UnsafeRawBufferPointer {
        let frame = JournalFrame(
            kind: kind, payloadBytes: payloadBytes, generation: header.generation, round: round)
        reserve(frame.length)
        UnsafeMutableRawBufferPointer(rebasing: memory[count..<frame.length])
            .initializeMemory(as: UInt8.self, repeating: 0)
        frame.seal(memory, key: header.key)
        return UnsafeRawBufferPointer(rebasing: memory[..<frame.length])
    }

    /// Makes it ready for the next round; the memory stays.
    func clear() {
        count = JournalFrame.headerBytes
        waiters.removeAll(keepingCapacity: true)
    }

    private func room(for length: Int) -> UnsafeMutableRawPointer {
        reserve(count + length)
        defer { count += length }
        guard let start = memory.baseAddress else { preconditionFailure("A round's memory has no address.") }
        return start + count
    }

    private func reserve(_ total: Int) {
        guard total > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(total, 2 * memory.count), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }

    deinit { memory.deallocate() }
}
