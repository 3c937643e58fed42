import RemitDomain
import RemitTesting
import Synchronization

@testable import RemitStorage

/// A journal on files in memory, whose background work waits until it is told to run.
final class JournalRig: Sendable {
    /// Somebody who waits, and counts how often it was told.
    final class Waiter: JournalWaiter {
        private let told = Mutex<[Bool]>([])
        private let whenTold: @Sendable (Bool) -> Void

        init(whenTold: @escaping @Sendable (Bool) -> Void = { _ in }) {
            self.whenTold = whenTold
        }

        var answers: [Bool] { told.withLock { $0 } }

        func settled(_ isDurable: Bool) {
            told.withLock { $0.append(isDurable) }
            whenTold(isDurable)
        }
    }

    struct Background {
        var waiting: [@Sendable () -> Void] = []
        var syncs = 0
        var failure: StorageError?
    }

    let files: [MemoryFile]
    let background = Mutex(Background())
    let texts = Mutex<[String]>(["INSERT 0", "UPDATE 1"])

    init(_ files: [MemoryFile] = [MemoryFile(), MemoryFile()]) {
        self.files = files
    }

    /// Small: a round has 2 KiB at most, and a segment takes three of those.
    var options: JournalOptions {
        var options = JournalOptions()
        options.bufferedBytesMax = 2_048 - JournalFrame.headerBytes
        options.textBytesMax = 4_096
        options.segmentBytesMax = SegmentHeader.roomBytes + 4_096 + 3 * 2_048
        options.growthBytes = 4_096
        options.texts = JournalTexts(
            count: { [self] in texts.withLock { $0.count } },
            texts: { [self] first in texts.withLock { Array($0[first...]) } })
        options.inBackground = { [self] body in background.withLock { $0.waiting.append(body) } }
        options.synchronizeAll = { [self] in
            background.withLock { background in
                background.syncs += 1
                return background.failure
            }
        }
        return options
    }

    func open() throws(StorageError) -> CommitJournal {
        let options = options
        return try CommitJournal.open(files.map { JournalFile(lent: $0.raw) }, options, SyncedFolder("/", options))
    }

    /// Runs what waits in the background.
    func runBackground() {
        let waiting = background.withLock { background in
            defer { background.waiting = [] }
            return background.waiting
        }
        for body in waiting { body() }
    }

    static func scan(_ content: [UInt8]) throws -> SegmentScan {
        let file = MemoryFile(content)
        return try withExtendedLifetime(file) { try SegmentScan(of: JournalFile(lent: file.raw)) }
    }

    /// The events to which the records lead that a file's content has, in order.
    static func newest(_ content: [UInt8]) throws -> [Int64] {
        try scan(content).records.map(\.newest)
    }
}

extension CommitJournal {
    /// Appends so many bytes for a tenant, whose transaction led to an event.
    func append(
        _ count: Int = 100, to newest: Int64, of tenant: TenantID = Fixture.tenant,
        for waiter: any JournalWaiter = JournalRig.Waiter()
    ) -> Bool {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: Int(newest) &+ $0) }
        return bytes.withUnsafeBytes {
            append($0, tenant: tenant, base: newest - 1, newest: newest, for: waiter)
        }
    }
}
