import Foundation

/// The CPU time of a process, from Linux's /proc.
enum ProcessorTime {
    /// User and system time so far; nil where it can't be read.
    static func milliseconds(of pid: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        // After the name: state is field 3, utime and stime are 14 and 15, in ticks.
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) * 1_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
