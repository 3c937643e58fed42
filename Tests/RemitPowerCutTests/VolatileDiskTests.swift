import CSQLite
import Foundation
import RemitPowerCut
import RemitTesting
import Testing

@Suite struct VolatileDiskTests {
    /// A folder on a disk that loses power, and nothing by chance unless it is `isTearing`.
    private final class Bench {
        let folder: TemporaryDirectory
        let disk: VolatileDisk
        var path: String { folder.file("a.sqlite") }

        init(isTearing: Bool = false, before: (String) -> Void = { _ in }) throws {
            folder = try TemporaryDirectory(inMemory: true)
            before(folder.file("a.sqlite"))
            disk = VolatileDisk(root: folder.path, random: SeededRandom(seed: 1), isTearing: isTearing)
        }

        deinit { disk.remove() }

        func loseAndRegainPower() {
            disk.cut()
            disk.turnOn()
        }
    }

    /// A rollback journal's deletion is a commit, and SQLite waits for it with EXTRA alone.
    @Test(arguments: [("WAL", "FULL"), ("DELETE", "EXTRA")])
    func aCommitThatWaitedForTheDiskSurvives(journal: String, synchronous: String) throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path, journal: journal, synchronous: synchronous)
        for number in 1...3 { #expect(file.add(number) == SQLITE_OK) }
        bench.loseAndRegainPower()
        #expect(SQLiteFile(bench.path, journal: journal).numbers == [1, 2, 3])
    }

    @Test(arguments: [("OFF", "WAL"), ("NORMAL", "WAL"), ("FULL", "DELETE")])
    func aCommitThatDidNotWaitIsLost(synchronous: String, journal: String) throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path, journal: journal)
        file.add(1)
        file.run("PRAGMA synchronous = \(synchronous)")
        #expect(file.add(2) == SQLITE_OK)
        #expect(file.numbers == [1, 2])
        bench.loseAndRegainPower()
        #expect(SQLiteFile(bench.path, journal: journal).numbers == [1])
    }

    /// A file whose journal was never on the disk had no reason to sync its folder.
    @Test func aFileIsGoneWhoseNameWasNotSynced() throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path, journal: "MEMORY", synchronous: "OFF")
        file.add(1)
        #expect(FileManager.default.fileExists(atPath: bench.path))
        bench.disk.cut()
        #expect(!FileManager.default.fileExists(atPath: bench.path))
        bench.disk.turnOn()
    }

    @Test func whatWasThereBeforeTheDiskIsSafe() throws {
        let bench = try Bench { path in
            let file = SQLiteFile(path)
            file.add(1)
            file.close()
        }
        let file = SQLiteFile(bench.path)
        file.run("PRAGMA synchronous = OFF")
        file.add(2)
        bench.loseAndRegainPower()
        #expect(SQLiteFile(bench.path).numbers == [1])
    }

    @Test func nothingWorksWithoutPower() throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path)
        file.add(1)
        bench.disk.cut()
        #expect(!bench.disk.isOn)
        #expect(file.add(2) != SQLITE_OK)
        #expect(SQLiteFile(bench.path).numbers == nil)
        bench.disk.turnOn()
        #expect(SQLiteFile(bench.path).numbers == [1])
    }

    @Test func whatWasOpenAtTheCutStaysDead() throws {
        let bench = try Bench()
        let old = SQLiteFile(bench.path)
        old.add(1)
        bench.loseAndRegainPower()
        let new = SQLiteFile(bench.path)
        #expect(old.add(2) != SQLITE_OK)
        #expect(new.add(3) == SQLITE_OK)
        old.close()
        #expect(new.numbers == [1, 3])
        new.close()
        #expect(SQLiteFile(bench.path).numbers == [1, 3])
    }

    /// The program sees the same error; what the disk did tells them apart.
    @Test(arguments: [false, true])
    func aCutAtASyncComesBeforeItOrAfter(isAfter: Bool) throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path)
        file.add(1)
        bench.disk.plan(PowerCut(at: .logSync, nth: 2, isAfter: isAfter))
        #expect(file.add(2) == SQLITE_OK)
        #expect(file.add(3) != SQLITE_OK)
        #expect(!bench.disk.isOn)
        #expect(bench.disk.lastCut == .logSync)
        bench.disk.turnOn()
        #expect(SQLiteFile(bench.path).numbers == (isAfter ? [1, 2, 3] : [1, 2]))
    }

    @Test func aPlanIsForgottenWhenItIsTakenBackOrDone() throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path)
        bench.disk.plan(PowerCut(nth: 1))
        bench.disk.plan(nil)
        #expect(file.add(1) == SQLITE_OK)
        bench.disk.plan(PowerCut(nth: 1))
        #expect(file.add(2) != SQLITE_OK)
        bench.disk.turnOn()
        #expect(SQLiteFile(bench.path).add(3) == SQLITE_OK)
    }

    /// Until its deletion is safe, a rollback journal undoes its transaction.
    @Test(arguments: [false, true])
    func aCommitIsTheDeletionOfItsJournal(isAfter: Bool) throws {
        let bench = try Bench()
        let file = SQLiteFile(bench.path, journal: "DELETE", synchronous: "EXTRA")
        file.add(1)
        bench.disk.plan(PowerCut(at: .deletion, nth: 1, isAfter: isAfter))
        file.add(2)
        #expect(bench.disk.lastCut == .deletion)
        bench.disk.turnOn()
        #expect(SQLiteFile(bench.path, journal: "DELETE").numbers == (isAfter ? [1, 2] : [1]))
    }

    @Test func otherFoldersDoNotNotice() throws {
        let bench = try Bench()
        let elsewhere = try TemporaryDirectory(inMemory: true)
        let other = try Bench()
        let files = [SQLiteFile(elsewhere.file("a.sqlite")), SQLiteFile(other.path)]
        for file in files { file.run("PRAGMA synchronous = OFF") }
        bench.disk.cut()
        for file in files { #expect(file.add(1) == SQLITE_OK) }
        bench.disk.turnOn()
        for file in files { #expect(file.numbers == [1]) }
    }

    /// Half a transaction in the log is no transaction: SQLite's checksums find it.
    @Test func tornWritesNeverShowHalfACommit() throws {
        for seed in 0..<50 as Range<UInt64> {
            let folder = try TemporaryDirectory(inMemory: true)
            let disk = VolatileDisk(root: folder.path, random: SeededRandom(seed: seed), isTearing: true)
            defer { disk.remove() }
            let file = SQLiteFile(folder.file("a.sqlite"))
            file.add(1)
            file.run("PRAGMA synchronous = OFF; BEGIN")
            for number in 2...400 { file.add(number) }
            file.run("COMMIT")
            disk.cut()
            disk.turnOn()
            let numbers = SQLiteFile(folder.file("a.sqlite")).numbers
            #expect(numbers == [1] || numbers == Array(1...400), "seed \(seed)")
        }
    }
}
