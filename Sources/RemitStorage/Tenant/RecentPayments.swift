internal import Glibc

/// Messages of the payments that were asked for last, for as long as nothing is committed to their file.
///
/// Who polls for what becomes of a payment, or shows the same one twice, gets these bytes without a statement. Nothing is
/// kept up to date: any commit, of whichever process, changes the state under which a message was read, and with that
/// all of them are void. Belongs to the tenant's turns.
package final class RecentPayments {
    private struct Entry {
        /// The key's last bytes, which differ most from one id to another.
        let tag: UInt64
        let start: Int
        let keyCount: Int
        let end: Int
    }

    /// Payments that are kept at most; then it begins anew.
    package static let countMax = 16
    /// Bytes of keys and messages that are kept at most; a payment without much metadata has 300.
    package static let bytesMax = 12 * 1_024

    /// Under which all of them were read; nil: there are none.
    private(set) var state: CommittedState?
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// How many are certain: those after them were read in a transaction that hasn't ended.
    private var certain = 0

    init() {}

    /// Under what those that are certain were read; nil: there are none.
    var certainState: CommittedState? { certain > 0 ? state : nil }

    /// A transaction is about to read; `isSame`: nothing was committed since those that are here were read.
    func begin(_ present: CommittedState?, isSame: Bool) {
        guard !isSame || entries.count > certain else { return }
        empty()
        state = present
    }

    /// The transaction has ended; `isSame`: nothing was committed since before it began to read.
    func end(isSame: Bool) {
        guard isSame else { return empty() }
        certain = entries.count
    }

    /// Adds what a transaction has read, between ``begin(_:isSame:)`` and ``end(isSame:)``.
    func add(_ key: UnsafeBufferPointer<UInt8>, _ message: ArraySlice<UInt8>) {
        guard let state, key.count + message.count <= Self.bytesMax, !contains(key) else { return }
        if entries.count == Self.countMax || bytes.count + key.count + message.count > Self.bytesMax {
            empty()
            self.state = state
        }
        let start = bytes.count
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: message)
        entries.append(Entry(tag: Self.tag(key), start: start, keyCount: key.count, end: bytes.count))
    }

    /// Whether the message of the payment with this id is here.
    func contains(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        find(key) != nil
    }

    /// Appends the message of the payment with this id; nil: it isn't here.
    package func append(_ key: UnsafeBufferPointer<UInt8>, to target: inout [UInt8]) -> Range<Int>? {
        guard let entry = find(key) else { return nil }
        let start = target.count
        bytes.withUnsafeBufferPointer {
            target.append(contentsOf: UnsafeBufferPointer(rebasing: $0[entry.start + entry.keyCount..<entry.end]))
        }
        return start..<target.count
    }

    private func find(_ key: UnsafeBufferPointer<UInt8>) -> Entry? {
        let tag = Self.tag(key)
        return entries.prefix(certain).first { entry in
            guard entry.tag == tag, entry.keyCount == key.count else { return false }
            return bytes.withUnsafeBytes { bytes in
                guard let bytes = bytes.baseAddress, let key = key.baseAddress else { return true }
                return memcmp(bytes + entry.start, key, entry.keyCount) == 0
            }
        }
    }

    private static func tag(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard key.count >= 8 else { return 0 }
        return UnsafeRawBufferPointer(key).loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self)
    }

    private func empty() {
        state = nil
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        certain = 0
    }

    /// Gives back the memory, too.
    func rest() {
        empty()
        entries = []
        bytes = []
    }
}
