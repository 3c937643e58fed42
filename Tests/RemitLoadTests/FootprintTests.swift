import ArgumentParser
import Testing

@testable import remit_load

struct FootprintTests {
    @Test("a process's memory is read from its status")
    func memory() {
        #expect(
            ServerProcess.residentKibibytes(inStatus: "Name:\tremit\nVmHWM:\t  9 kB\nVmRSS:\t   1234 kB\n") == 1_234)
        #expect(ServerProcess.residentKibibytes(inStatus: "Name:\tkthreadd\n") == nil)
    }

    @Test(
        "tenants are either made or measured",
        arguments: [[], ["--make", "2", "--server-pid", "1"], ["--make", "0"], ["--server-pid", "1", "--idle", "0"]])
    func usage(arguments: [String]) {
        #expect(throws: (any Error).self) { try Footprint.parse(["--key-file", "key"] + arguments) }
    }
}
