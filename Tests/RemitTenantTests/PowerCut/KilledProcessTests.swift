import RemitDomain
import RemitPowerCut
import RemitStorage
import RemitTenant
import RemitTesting
import Testing

/// What a process leaves that is killed between a commit and the journal's round, and then the power goes.
@Suite struct KilledProcessTests {
    /// A tenant with a journal, on a disk whose power can go.
    private struct Scene {
        let folder: TemporaryDirectory
        let disk: VolatileDisk
        let journal: TestJournal

        init() throws {
            folder = try TemporaryDirectory(inMemory: true)
            disk = VolatileDisk(root: folder.path, random: RemitTesting.SeededRandom(seed: 1), isTearing: false)
            let path = folder.file("tenant.sqlite")
            try TenantRig.makeFile(path)
            journal = TestJournal(
                in: folder.path, pathOf: { _ in path },
                synchronizeAll: { [disk] in
                    disk.synchronizeAll() ? nil : StorageError(.io, message: "The power is off.")
                })
        }

        func start() throws -> TenantRig {
            try journal.start()
            return try TenantRig(in: folder, journal: journal)
        }
    }

    private static func create(_ rig: TenantRig) -> Entry {
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        return .verb(VerbCall(CreatePayment(amount: 1), by: requester), TestCaller().handle)
    }

    /// Runs `next` on what a process has left that was killed before its only commit's round; then the power goes.
    ///
    /// Returns how many payments are there, and how many were when they were looked at last.
    private func eventsAfterCut(_ next: (TenantRig) throws -> Void) throws -> (seen: Int64, left: Int64, Scene) {
        let scene = try Scene()
        let killed = try scene.start()
        #expect(killed.core.turn([Self.create(killed)]).unsettled != nil)
        // Nobody closes anything, or makes a round.
        let second = try scene.start()
        try next(second)
        let seen = try second.database.outlook().newestSequence
        scene.disk.cut()
        scene.disk.turnOn()
        let third = try scene.start()
        let left = try third.database.outlook().newestSequence
        for rig in [killed, second, third] { rig.close() }
        return (seen, left, scene)
    }

    @Test func aCommitThatIsBuiltOnWhatItLeftIsThereAfterACut() throws {
        let (seen, left, scene) = try eventsAfterCut { rig in
            for _ in 0..<3 {
                let caller = rig.submit(CreatePayment(amount: 2))
                rig.turn()
                #expect(caller.replyCount == 1)
            }
        }
        defer { scene.disk.remove() }
        #expect(seen == 4)
        #expect(left == seen)
        #expect(scene.journal.skipped.isEmpty)
        // The later ones are the journal's again.
        #expect(scene.journal.appliedCount == 2)
    }

    @Test func whatItLeftIsThereAfterACutOnceItCanBeRead() throws {
        let (seen, left, scene) = try eventsAfterCut { _ in }
        defer { scene.disk.remove() }
        #expect(seen == 1)
        #expect(left == seen)
    }
}
