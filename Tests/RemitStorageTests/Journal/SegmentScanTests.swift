import RemitDomain
import RemitTesting
import Synchronization
import Testing

@testable import RemitStorage

/// What a segment's file is taken for, whatever is in it.
@Suite struct SegmentScanTests {
    private let rig = JournalRig()

    /// The active segment's content after some rounds of some records, and where each round ends.
    private func content(rounds: Int, records: Int = 2) throws -> (content: [UInt8], ends: [Int]) {
        let journal = try rig.open()
        var ends: [Int] = []
        for round in 0..<rounds {
            for record in 0..<records {
                #expect(journal.append(30, to: Int64(round * records + record + 1)))
            }
            journal.settle()
            let taken = JournalFrame.length(payload: records * (JournalEntry.headBytes + 11 + 30))
            ends.append((ends.last ?? SegmentHeader.roomBytes + JournalFrame.length(payload: 28)) + taken)
        }
        return (rig.files[0].safe, ends)
    }

    @Test("records and texts come back as they were, in order")
    func roundTrip() throws {
        let journal = try rig.open()
        #expect(journal.append(3, to: 7, of: TenantID("tenant_a")))
        #expect(journal.append(1, to: 1, of: TenantID("tenant_b")))
        journal.settle()
        rig.texts.withLock { $0.append("DELETE ü") }
        #expect(journal.append(5, to: 9, of: TenantID("tenant_a")))
        journal.settle()
        let content = rig.files[0].safe
        let scan = try JournalRig.scan(content)
        #expect(scan.damage == nil)
        #expect(scan.texts == [0: "INSERT 0", 1: "UPDATE 1", 2: "DELETE ü"])
        #expect(scan.records.map(\.tenant.text) == ["tenant_a", "tenant_b", "tenant_a"])
        #expect(scan.records.map(\.base) == [6, 0, 8] && scan.records.map(\.newest) == [7, 1, 9])
        let executions = scan.records.map { Array(content[Int($0.offset)..<Int($0.offset) + $0.count]) }
        #expect(executions == [[7, 8, 9], [1], [9, 10, 11, 12, 13]])
    }

    @Test("a file that ends anywhere has the rounds that are whole")
    func cutAnywhere() throws {
        let (content, ends) = try content(rounds: 3)
        let padding = content[..<ends[0]].reversed().prefix { $0 == 0 }.count
        for count in 0...content.count {
            let scan = try JournalRig.scan(Array(content.prefix(count)))
            // The zeros behind a payload may be missing.
            let whole = ends.count { $0 - padding <= count }
            #expect(scan.records.count == 2 * whole, "cut at \(count)")
            #expect((scan.damage == .header) == (1..<SegmentHeader.bytes ~= count), "cut at \(count)")
        }
    }

    @Test("what a cut of the power leaves of a file that is made is an empty one", arguments: [1, 512, 4_095, 4_096])
    func cutWhileMade(count: Int) throws {
        let scan = try JournalRig.scan(Array(repeating: 0, count: count))
        #expect(scan.header == nil && scan.damage == nil && scan.records.isEmpty)
    }

    @Test("a bit that is flipped anywhere is noticed, and no record is made up")
    func flippedAnywhere() throws {
        let (content, ends) = try content(rounds: 3)
        let random = SeededRandom(printedAs: "SegmentScanTests.flippedAnywhere")
        let all = try JournalRig.newest(content)
        for place in 0..<ends[2] {
            var spoilt = content
            spoilt[place] ^= 1 << UInt8(random.number(in: 0...7))
            let scan = try JournalRig.scan(spoilt)
            #expect(scan.records.map(\.newest) == Array(all.prefix(scan.records.count)), "at \(place)")
            if place < SegmentHeader.bytes {
                #expect(scan.records.isEmpty && scan.damage == .header, "at \(place)")
            } else if scan.records.count < all.count {
                // The last round may be what a cut of the power has left; what comes before it can't.
                #expect(place >= SegmentHeader.roomBytes)
                #expect((scan.damage == .frame) == (place < ends[1]), "at \(place)")
            } else {
                // Zeros behind a header or a payload.
                #expect(content[place] == 0 && scan.damage == nil, "at \(place)")
            }
        }
    }

    @Test("what lies behind a new generation's end is void")
    func stale() throws {
        let (content, ends) = try content(rounds: 3)
        let file = MemoryFile(content)
        let segment = try JournalSegment(JournalFile(lent: file.raw), rig.options)
        try segment.begin(1_000)
        #expect(try JournalRig.newest(file.safe) == [])
        #expect(try JournalRig.scan(file.safe).damage == nil)
        let buffer = RoundBuffer()
        let id: StaticString = "tenant_x"
        buffer.append(
            UnsafeRawBufferPointer(start: id.utf8Start, count: 8),
            tenant: UnsafeBufferPointer(start: id.utf8Start, count: 8), base: 41, newest: 42)
        _ = try segment.write(buffer)
        #expect(try JournalRig.newest(file.safe) == [42])
        #expect(file.safe[ends[1]..<ends[2]] == content[ends[1]..<ends[2]])
    }

    @Test("frames that were stored as a value are no frames")
    func forged() throws {
        let (content, _) = try content(rounds: 1)
        let old = Array(content[SegmentHeader.roomBytes...])
        let (files, options) = ([MemoryFile(), MemoryFile()], rig.options)
        let journal = try CommitJournal.open(
            files.map { JournalFile(lent: $0.raw) }, options, SyncedFolder("/", options))
        let isTaken = old.prefix(1_500).withUnsafeBytes {
            journal.append($0, tenant: Fixture.tenant, base: 0, newest: 77, for: JournalRig.Waiter())
        }
        #expect(isTaken)
        journal.settle()
        let scan = try JournalRig.scan(files[0].safe)
        #expect(scan.records.map(\.newest) == [77] && scan.damage == nil)
    }

    @Test("any bytes are read without a trap, and seldom believed")
    func anything() throws {
        let (content, ends) = try content(rounds: 3)
        let random = SeededRandom(printedAs: "SegmentScanTests.anything")
        for _ in 0..<300 {
            var spoilt = content
            for _ in 0..<random.number(in: 1...40) {
                let place = random.number(in: SegmentHeader.roomBytes...(ends[2] - 1))
                spoilt[place] = random.pick([0, 1, 0x7f, 0x80, 0xff, UInt8(random.number(in: 0...255))])
            }
            let scan = try JournalRig.scan(spoilt)
            #expect(scan.records.count <= 6)
        }
        let noise = (0..<20_000).map { _ in UInt8(random.number(in: 0...255)) }
        #expect(try JournalRig.scan(noise).damage == .header)
        #expect(try JournalRig.scan([UInt8](repeating: 0, count: 20_000)).damage == nil)
    }

    @Test("a frame that checks out and holds no records is damage")
    func content() throws {
        let header = SegmentHeader(generation: 5)
        let file = MemoryFile()
        let segment = try JournalSegment(JournalFile(lent: file.raw), rig.options)
        try segment.begin(5)
        let found = try #require(try JournalRig.scan(file.safe).header)
        #expect(found.generation == 5 && found.key != header.key)
        let buffer = RoundBuffer()
        buffer.append("no record", number: 1)
        let frame = Array(buffer.sealed(.records, round: 1, header: found))
        let scan = try JournalRig.scan(file.safe + frame)
        #expect(scan.records.isEmpty && scan.damage == .content)
    }

    @Test("an id that can't name a file is none", arguments: ["", "a/b", "..", "a b", "ä", "a\0"])
    func names(id: String) {
        var id = id
        #expect(!id.withUTF8 { JournalEntry.isName(UnsafeRawBufferPointer($0)) })
        var long = String(repeating: "x", count: 256)
        #expect(!long.withUTF8 { JournalEntry.isName(UnsafeRawBufferPointer($0)) })
    }
}
