import Testing

@testable import RemitServer

@Suite struct CoreCountTests {
    @Test func theMaskOfAllowedCoresIsCounted() {
        let status = "Name:\tx\nCpus_allowed:\t%\nCpus_allowed_list:\t0-1\nMems_allowed:\tff\n"
        let counts = ["1", "3", "ff", "f0000000,00000001", "00"].map { mask in
            CoreCount.affinity(inStatus: status.replacing("%", with: mask))
        }
        #expect(counts == [1, 2, 8, 5, 0])
        #expect(CoreCount.affinity(inStatus: status.replacing("%", with: "")) == nil)
        #expect(CoreCount.affinity(inStatus: "") == nil)
    }

    @Test func atLeastOneCoreIsAllowedAndNoMoreThanThereAre() {
        #expect(CoreCount.allowed(of: 1) == 1)
        #expect((1...64).contains(CoreCount.allowed(of: 64)))
    }
}
