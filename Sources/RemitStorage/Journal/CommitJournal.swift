package import RemitDomain
import Synchronization

/// The journal that all tenants' commits share: one write and one sync make the commits of many tenants durable.
///
/// A turn commits to its tenant's WAL without a sync, and appends here what its statements did. Whoever makes a
/// round writes and syncs at once all that was appended, and those who wait are told. After a cut
/// of the power ``JournalRecovery`` does again what tenants' files have lost.
///
/// There are two segments. When one is full the other is used, and all that tenants' WALs have is synced in the
/// background; then the full one is free again. Nobody waits for that: while both are full nothing is taken, and tenants
/// sync their own logs.
package final class CommitJournal: Sendable {
    private let options: JournalOptions
    private let folder: SyncedFolder
    private let segments: [JournalSegment]
    private let state: Mutex<State>
    /// Waiters of the next round.
    private let waiting = Atomic<Int>(0)

    private struct State {
        var pending = RoundBuffer()
        /// For the time after the next round; nil while it is in use.
        var spare: RoundBuffer?
        var active = 0
        /// Whether the other segment holds nothing that may still be needed.
        var isOtherFree = true
        /// Bytes that rounds may still take of the active segment.
        var room: Int
        /// The highest generation that was ever begun.
        var generation: UInt64
        var isInRound = false
        var isClosed = false
        /// Why nothing is taken any more.
        var failure: StorageError?
        /// Whether a segment couldn't be written or synced: nothing in it is to be trusted.
        var isBroken = false
        var readings = JournalReadings()
    }

    /// A round as it was taken from the state.
    private struct Round {
        var buffer: RoundBuffer
        var segment: Int
        /// The segment is begun anew with it.
        var generation: UInt64?
        /// The segments couldn't be written before: there is nothing to be done but to tell.
        var isLost: Bool
    }

    /// The first of the segments was begun with the generation, and the other one holds nothing.
    init(segments: [JournalSegment], generation: UInt64, options: JournalOptions, folder: SyncedFolder) {
        options.check()
        precondition(segments.count == 2, "A journal has two segments.")
        self.options = options
        self.segments = segments
        self.folder = folder
        state = Mutex(State(room: options.capacity, generation: generation))
    }

    deinit {
        for segment in segments { segment.close() }
    }

    // MARK: Appending

    /// Whether a record of so many bytes would be taken now; false when both segments or the memory are full, or when
    /// the journal has failed.
    package func hasRoom(for bytes: Int) -> Bool {
        let length = JournalEntry.length(tenant: JournalEntry.tenantBytesMax, executions: bytes)
        return state.withLock { fits(length, $0) }
    }

    /// Takes over what a tenant's transaction did, after its COMMIT and on its thread; true: the waiter is told once.
    ///
    /// `base` and `newest` are the tenant's newest event before and after the transaction. One that brought no event
    /// isn't taken, since nobody could tell later whether the file has it. False: nothing was taken, nobody is told, and
    /// the tenant's own log is to be synced.
    package func append(
        _ redo: RedoRecord, tenant: TenantID, base: Int64, newest: Int64, for waiter: any JournalWaiter
    ) -> Bool {
        guard let bytes = redo.bytes else { return refuse() }
        return append(bytes, tenant: tenant, base: base, newest: newest, for: waiter)
    }

    func append(
        _ executions: UnsafeRawBufferPointer, tenant: TenantID, base: Int64, newest: Int64,
        for waiter: any JournalWaiter
    ) -> Bool {
        guard newest > base, base >= 0, !executions.isEmpty else { return refuse() }
        var id = tenant.text
        return id.withUTF8 { id in
            precondition(JournalEntry.isName(UnsafeRawBufferPointer(id)), "A tenant's id can't name a file.")
            return state.withLock { state in
                guard fits(JournalEntry.length(tenant: id.count, executions: executions.count), state) else {
                    state.readings.refused += 1
                    return false
                }
                state.pending.append(executions, tenant: id, base: base, newest: newest)
                state.pending.waiters.append(waiter)
                waiting.store(state.pending.waiters.count, ordering: .releasing)
                return true
            }
        }
    }

    private func refuse() -> Bool {
        state.withLock { $0.readings.refused += 1 }
        return false
    }

    /// What waits goes into one segment, together: the active one, or, if it doesn't fit in any more, the other.
    private func fits(_ length: Int, _ state: borrowing State) -> Bool {
        guard !state.isClosed, state.failure == nil else { return false }
        let payload = state.pending.payloadBytes + length
        guard payload <= options.bufferedBytesMax else { return false }
        return state.isOtherFree || JournalFrame.length(payload: payload) <= state.room
    }

    // MARK: Rounds

    /// Whether somebody waits for a round.
    package var hasUnsettled: Bool { waiting.load(ordering: .acquiring) > 0 }

    /// Makes one round on the calling thread: writes what was appended, syncs it, and tells those who wait.
    ///
    /// Waits for the disk, and calls `willBlock` and `didBlock` around that. Returns at once where nobody waits, or
    /// another thread makes a round. Returns how many waited.
    @discardableResult
    package func settle(willBlock: () -> Void = {}, didBlock: () -> Void = {}) -> Int {
        guard let round = takeRound() else { return 0 }
        var failure: StorageError?
        var bytes = 0
        if !round.isLost {
            willBlock()
            defer { didBlock() }
            do throws(StorageError) {
                if let generation = round.generation {
                    retireOther()
                    try segments[round.segment].begin(generation)
                }
                bytes = try segments[round.segment].write(round.buffer)
            } catch {
                failure = error
            }
        }
        let isDurable = failure == nil && !round.isLost
        finish(round, bytes: isDurable ? bytes : nil, failure)
        let count = round.buffer.waiters.count
        for waiter in round.buffer.waiters { waiter.settled(isDurable) }
        round.buffer.clear()
        state.withLock { $0.spare = round.buffer }
        return count
    }

    private func takeRound() -> Round? {
        state.withLock { state in
            guard !state.isInRound, !state.pending.isEmpty else { return nil }
            state.isInRound = true
            let buffer = state.pending
            state.pending = state.spare ?? RoundBuffer()
            state.spare = nil
            waiting.store(0, ordering: .releasing)
            let length = JournalFrame.length(payload: buffer.payloadBytes)
            var generation: UInt64?
            if !state.isBroken, length > state.room {
                precondition(state.isOtherFree, "A round was let in for which no segment has room.")
                state.active = 1 - state.active
                state.isOtherFree = false
                state.room = options.capacity
                state.generation += 1
                generation = state.generation
            }
            state.room -= length
            return Round(buffer: buffer, segment: state.active, generation: generation, isLost: state.isBroken)
        }
    }

    /// The round is over: another may begin, while this one's waiters are told.
    private func finish(_ round: Round, bytes: Int?, _ failure: StorageError?) {
        state.withLock { state in
            state.isInRound = false
            if let bytes {
                state.readings.rounds += 1
                state.readings.records += round.buffer.waiters.count
                state.readings.bytes += bytes
            }
            guard let failure else { return }
            state.isBroken = true
            state.failure = state.failure ?? failure
        }
    }

    /// All commits whose records are in the full segment have reached their WALs: once these are synced it is free.
    private func retireOther() {
        let run = options.inBackground ?? BackgroundThread.run
        run { [self] in
            do throws(StorageError) {
                try folder.synchronizeAll()
                state.withLock { state in
                    state.isOtherFree = true
                    state.readings.retired += 1
                }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }

    // MARK: Ends

    /// Why nothing is taken any more; nil: it works.
    package var failure: StorageError? { state.withLock { $0.failure } }

    package var readings: JournalReadings { state.withLock { $0.readings } }

    /// Bytes of the active segment that rounds have taken, texts left out.
    package var activeBytes: Int { state.withLock { options.capacity - $0.room } }

    /// A clean end: tells who still waits, syncs all that tenants' files have, and makes the records void.
    ///
    /// No tenant commits any more, and no other thread makes a round. Where a sync fails the records stay, and the next
    /// start does again what the files lack. Harmless twice.
    package func close() {
        let wasOpen = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen else { return }
        settle()
        let (isWhole, generation) = state.withLock { state in
            precondition(!state.isInRound, "A journal was closed during a round.")
            return (state.failure == nil, state.generation)
        }
        if isWhole {
            do throws(StorageError) {
                try folder.synchronizeAll()
                for (place, segment) in segments.enumerated() { try segment.begin(generation + 1 + UInt64(place)) }
            } catch {
                state.withLock { $0.failure = error }
            }
        }
        for segment in segments { segment.close() }
    }
}
