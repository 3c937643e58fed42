#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import RemitWire

/// Exactly `count` bytes of standard input, or nil at its end.
func readInput(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
        let got = bytes[filled...].withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
        guard got > 0 else { return nil }
        filled += got
    }
    return bytes
}

/// Writes all of `bytes` to standard output.
func writeOutput(_ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        written += count
    }
    return true
}

// Each request and each response stands behind its length: four bytes, little-endian.
while let prefix = readInput(4) {
    let length = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard let bytes = readInput(length), let request = try? ConformanceRequest(decoding: bytes) else { exit(1) }
    let response = Testee.answer(request).encoded()
    let header = (0..<4).map { UInt8(truncatingIfNeeded: response.count >> (8 * $0)) }
    guard writeOutput(header + response) else { exit(1) }
}
