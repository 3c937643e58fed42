#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import RemitCodeGen

/// Everything on standard input.
func readInput() -> [UInt8] {
    var input: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(STDIN_FILENO, &chunk, chunk.count)
        guard count > 0 else { return input }
        input += chunk[..<count]
    }
}

/// Writes all of `output` to a file descriptor.
func writeAll(_ output: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < output.count {
        let count = output[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        written += count
    }
    return true
}

do {
    guard writeAll(try CodeGenerator.respond(to: readInput()), to: STDOUT_FILENO) else { exit(1) }
} catch {
    _ = writeAll(Array("protoc-gen-remit: \(error)\n".utf8), to: STDERR_FILENO)
    exit(1)
}
