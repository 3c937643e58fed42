import Testing

@testable import RemitPowerCut

@Suite struct VolatileFileTests {
    private static let sector = VolatileFile.sectorBytes

    private func write(_ bytes: [UInt8], at offset: Int, to file: inout VolatileFile) {
        bytes.withUnsafeBytes { file.write($0, at: offset) }
    }

    @Test func whatWasNotSyncedIsGone() {
        var file = VolatileFile(safe: [1, 2, 3])
        write([9, 9], at: 1, to: &file)
        file.truncate(to: 1)
        file.drop()
        #expect(file.safe == [1, 2, 3])
        file.sync()
        #expect(file.safe == [1, 2, 3], "a later sync brings back what was dropped")
    }

    @Test func whatWasSyncedStays() {
        var file = VolatileFile()
        write([1, 2, 3, 4], at: 0, to: &file)
        write([7], at: 2, to: &file)
        file.sync()
        write([0, 0, 0, 0], at: 0, to: &file)
        file.drop()
        #expect(file.safe == [1, 2, 7, 4])
    }

    @Test func changesAreSafeInTheirOrder() {
        var file = VolatileFile()
        write([1, 2, 3, 4], at: 0, to: &file)
        file.truncate(to: 2)
        write([5], at: 3, to: &file)
        file.truncate(to: 10)
        file.sync()
        #expect(file.safe == [1, 2, 0, 5], "a hole reads as zeros, and truncating makes nothing longer")
    }

    @Test func aTornWriteKeepsWholeSectors() {
        var file = VolatileFile(safe: [UInt8](repeating: 1, count: 3 * Self.sector))
        write([UInt8](repeating: 2, count: 2 * Self.sector), at: Self.sector / 2, to: &file)
        var asked = 0
        file.tear {
            asked += 1
            return asked == 2
        }
        #expect(asked == 3, "half a sector, a whole one, half a sector")
        let expected =
            [UInt8](repeating: 1, count: Self.sector) + [UInt8](repeating: 2, count: Self.sector)
            + [UInt8](repeating: 1, count: Self.sector)
        #expect(file.safe == expected)
    }

    @Test(arguments: [true, false])
    func aTruncationIsTornToo(keeps: Bool) {
        var file = VolatileFile(safe: [1, 2, 3])
        file.truncate(to: 1)
        file.tear { keeps }
        #expect(file.safe == (keeps ? [1] : [1, 2, 3]))
        file.sync()
        #expect(file.safe == (keeps ? [1] : [1, 2, 3]), "what was torn is decided once")
    }
}
