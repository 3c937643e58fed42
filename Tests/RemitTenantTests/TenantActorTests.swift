import RemitDomain
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

extension TenantActor {
    fileprivate func isIsolatedHere() -> Bool { isIsolatingCurrentContext() == true }

    fileprivate func thread() -> UInt { SystemThread.current }
}

@Suite struct TenantActorTests {
    private static func makeActor(on pool: StoragePool) -> TenantActor {
        let outside = Outside(
            deliver: { _ in }, start: { _, _ in }, eventsAre: { _, _ in }, closeReaders: { _, done in done() },
            closed: { _, _ in }, keptOpen: { _ in }, becameIdle: { _ in }, failed: { _, _ in }, clock: ManualClock())
        return TenantActor(id: TenantID("tenant_1"), pool: pool, outside: outside, TenantSettings()) {
            () throws(StorageError) in
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
}
