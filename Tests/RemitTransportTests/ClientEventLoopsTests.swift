import RemitTransport
import Testing

struct ClientEventLoopsTests {
    @Test(
        "the cores that a process may run on are read from its status",
        arguments: [
            ("Name:\tremit\nCpus_allowed:\t2\nCpus_allowed_list:\t1\n", 1),
            ("Cpus_allowed:\tff\n", 8), ("Cpus_allowed:\t00000001,0000000f\n", 5), ("Cpus_allowed:\t0\n", nil),
            ("Name:\tremit\n", nil), ("", nil),
        ] as [(String, Int?)])
    func cores(status: String, cores: Int?) {
        #expect(ClientEventLoops.coresAllowed(in: status) == cores)
    }
}
