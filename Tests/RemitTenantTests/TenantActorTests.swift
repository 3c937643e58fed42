import RemitDomain
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

extension TenantActor {
    fileprivate func isIsolatedHere() -> Bool { isIsolatingCurrentContext() == true }

    fileprivate func thread() -> UInt { SystemThread.current }

    /// Runs `body` within a turn, after all that the turn itself looks at.
    fileprivate func atTheTurnsEnd(_ body: @Sendable () -> Void) { body() }
}

@Suite struct TenantActorTests {
    private static func makeActor(
        on pool: StoragePool, clock: ManualClock = ManualClock(), closed: @escaping @Sendable () -> Void = {},
        failed: @escaping @Sendable () -> Void = {}
    ) -> TenantActor {
        let outside = Outside(
            deliver: { _ in }, markOpen: { _, done in done(true) }, start: { _, _ in }, eventsAre: { _, _ in },
            closeReaders: { _, done in done() },
            closed: { _, _ in closed() }, keptOpen: { _ in }, becameIdle: { _ in }, failed: { _, _ in failed() },
            clock: clock)
        return TenantActor(id: TenantID("tenant_1"), pool: pool, outside: outside, TenantSettings()) {
            _ throws(StorageError) in
            throw StorageError(.io, message: "There is no file.")
        }
    }

    @Test func whoAwaitsItRunsInATurnOnAThreadOfThePool() async {
        let pool = StoragePool(threads: 3, cores: 3, clock: ManualClock())
        defer { pool.stop() }
        let actor = Self.makeActor(on: pool)
        for _ in 0..<20 {
            #expect(await actor.isIsolatedHere())
            #expect(await pool.handles.contains(actor.thread()))
        }
    }

    @Test func nobodyElseIsIsolatedToItWhileItsTurnRuns() async {
        let pool = StoragePool(threads: 2, cores: 2, clock: ManualClock())
        defer { pool.stop() }
        let (one, other) = (Self.makeActor(on: pool), Self.makeActor(on: pool))
        #expect(one.isIsolatingCurrentContext() == false)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        #expect(await one.isIsolatedHere())
                        #expect(one.isIsolatingCurrentContext() == false)
                        #expect(await other.isIsolatedHere())
                        #expect(other.isIsolatingCurrentContext() == false)
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func whoIsAskedToLeaveWhileItsTurnEndsLeavesInTheNext() async {
        let pool = StoragePool(threads: 1, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let left = TestSignal<Void>()
        let actor = Self.makeActor(on: pool, closed: { left.send(()) })
        await actor.atTheTurnsEnd { actor.requestClose() }
        await left.next()
    }

    @Test(.timeLimit(.minutes(1)))
    func aTimerThatFiresWhileATurnEndsIsFollowedByAnother() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 1, cores: 1, clock: clock)
        defer { pool.stop() }
        // A file that can't be opened is tried again when the tenant's timer fires.
        let tries = TestSignal<Void>()
        let actor = Self.makeActor(on: pool, clock: clock, failed: { tries.send(()) })
        await actor.atTheTurnsEnd {
            clock.advance(milliseconds: TenantActor.refusalMilliseconds)
            actor.timerFired()
        }
        await tries.next()
        await tries.next()
    }
}
