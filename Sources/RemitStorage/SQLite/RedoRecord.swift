import Synchronization

/// What a write transaction's statements did: the numbers of their texts (``RedoTexts``) and the values that they bound,
/// in the order in which they ran.
///
/// The same statements in the same order, on a file as it was before the transaction, write the same rows again. So a
/// record stands for a transaction in a journal, in a tenth of the bytes of its pages.
///
/// An execution is a number (UInt16, little-endian) and then a value for each parameter of the text: a ``Kind`` (one
/// byte) and, unless it is NULL, 8 bytes (an Int64) or a UInt32 and that many bytes; little-endian, too.
///
/// Its memory is the place, too, where SQLite finds what was bound, instead of a ``BindingScratch``: nothing is copied
/// twice. It belongs to one connection for a transaction's time, and then to the journal, until its bytes are taken over.
// @unchecked: it belongs to one connection, turn or journal at a time, and is handed on whole.
package final class RedoRecord: @unchecked Sendable {
    /// What a value is.
    package enum Kind: UInt8 {
        case null = 0
        case integer = 1
        case text = 2
        case blob = 3
    }

    /// Twenty creates: as many are worth a sync of their own.
    package static let bytesMax = 32 * 1_024

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 16)
    private var count = 0
    /// Values that the execution begun last still lacks.
    private var missing = 0
    /// Statements whose values lie here and that SQLite may still read.
    private var users = 0
    private var isSpoilt = false
    /// Executions that were begun.
    private var begun = 0

    private static let spare = Mutex<[RedoRecord]>([])

    /// An empty one.
    static func take() -> RedoRecord {
        spare.withLock { $0.popLast() } ?? RedoRecord()
    }

    /// Returns one for others to take; one that a statement still uses isn't kept.
    package static func giveBack(_ record: RedoRecord) {
        guard record.users == 0 else { return }
        record.count = 0
        record.missing = 0
        record.isSpoilt = false
        record.begun = 0
        spare.withLock { $0.append(record) }
    }

    /// The executions; nil: they don't tell all that the transaction did.
    package var bytes: UnsafeRawBufferPointer? {
        isWhole ? UnsafeRawBufferPointer(rebasing: memory[..<count]) : nil
    }

    /// Whether it tells all that the transaction did, and no statement needs it any more.
    package var isWhole: Bool { !isSpoilt && missing == 0 && users == 0 }

    /// Whether nothing was written.
    package var isEmpty: Bool { count == 0 && !isSpoilt }

    /// From now on it isn't whole: something was written that it can't tell.
    func spoil() {
        isSpoilt = true
    }

    /// Notes that a statement begins to put values here.
    func enter() {
        users += 1
    }

    /// Notes that a statement was reset.
    func leave() {
        users -= 1
    }

    /// Begins an execution, and returns which one it is.
    func begin(_ number: UInt16, parameters: Int) -> Int {
        if missing != 0 { spoil() }
        missing = parameters
        begun += 1
        room(for: 2)?.storeBytes(of: number.littleEndian, as: UInt16.self)
        return begun
    }

    /// Notes that an execution runs: before any other is begun, or the order here isn't that in which they ran.
    func runs(_ execution: Int) {
        if execution != begun { spoil() }
    }

    func appendNull() {
        missing -= 1
        room(for: 1)?.storeBytes(of: Kind.null.rawValue, as: UInt8.self)
    }

    func append(_ value: Int64) {
        missing -= 1
        guard let place = room(for: 9) else { return }
        place.storeBytes(of: Kind.integer.rawValue, as: UInt8.self)
        (place + 1).storeBytes(of: value.littleEndian, as: Int64.self)
    }

    /// Appends a text or a BLOB, and says where its bytes stay while the transaction lasts; nil: there is no room.
    func append(_ bytes: UnsafeRawBufferPointer, as kind: Kind) -> UnsafeRawPointer? {
        missing -= 1
        guard let place = room(for: 5 + bytes.count) else { return nil }
        place.storeBytes(of: kind.rawValue, as: UInt8.self)
        (place + 1).storeBytes(of: UInt32(bytes.count).littleEndian, as: UInt32.self)
        if let source = bytes.baseAddress { (place + 5).copyMemory(from: source, byteCount: bytes.count) }
        return UnsafeRawPointer(place + 5)
    }

    private func room(for size: Int) -> UnsafeMutableRawPointer? {
        guard !isSpoilt, size <= memory.count - count, let start = memory.baseAddress else {
            isSpoilt = true
            return nil
        }
        defer { count += size }
        return start + count
    }

    deinit { memory.deallocate() }
}

/// The texts of statements that write, numbered in the order in which this process has met them.
package enum RedoTexts {
    private struct Table {
        var numbers: [String: UInt16] = [:]
        var texts: [String] = []
    }

    private static let table = Mutex(Table())
    /// How many have a number.
    ///
    /// It only grows; a text with a smaller number is never another one.
    private static let known = Atomic<Int>(0)

    package static var count: Int { known.load(ordering: .acquiring) }

    /// The texts with the numbers from `first` on.
    package static func texts(from first: Int) -> [String] {
        table.withLock { Array($0.texts[first...]) }
    }

    /// The text's number, now and for this process's time; nil: there are too many.
    static func number(of text: String) -> UInt16? {
        table.withLock { table in
            if let number = table.numbers[text] { return number }
            guard let number = UInt16(exactly: table.texts.count) else { return nil }
            table.numbers[text] = number
            table.texts.append(text)
            known.store(table.texts.count, ordering: .releasing)
            return number
        }
    }
}
