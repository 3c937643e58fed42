import Glibc

/// How many cores the process may run on.
enum CoreCount {
    /// Those of `count` that the process's affinity leaves it; at least one.
    static func allowed(of count: Int) -> Int {
        let status = contents(of: "/proc/self/status") ?? ""
        return max(1, min(count, affinity(inStatus: status) ?? count))
    }

    /// The cores in the line `Cpus_allowed` of /proc/self/status: a mask, in hexadecimal digits and commas.
    static func affinity(inStatus status: String) -> Int? {
        for line in status.split(separator: "\n") {
            guard line.hasPrefix("Cpus_allowed:") else { continue }
            let digits = line.drop { $0 != ":" }.compactMap(\.hexDigitValue)
            return digits.isEmpty ? nil : digits.reduce(0) { $0 + $1.nonzeroBitCount }
        }
        return nil
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
