import Testing

@testable import remit_load

struct LoadEnvironmentTests {
    @Test(
        "a kernel is told by two numbers and the architecture, without what its vendor adds",
        arguments: [
            ("6.18.44-vendor-42", "x86_64", "6.18 x86_64"), ("6.1-rc3+", "aarch64", "6.1 aarch64"),
            ("7", "riscv64", "7 riscv64"),
        ])
    func kernel(release: String, machine: String, text: String) {
        #expect(LoadEnvironment.kernel(release: release, machine: machine) == text)
    }

    @Test("this machine's kernel is told so")
    func own() {
        let kernel = LoadEnvironment(notes: []).kernel
        #expect(kernel.wholeMatch(of: /[0-9]+\.[0-9]+ [a-z0-9_]+/) != nil, "\(kernel)")
    }
}
