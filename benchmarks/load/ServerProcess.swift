import Foundation

/// A process of this machine whose CPU time is read.
struct ServerProcess: Sendable {
    let id: Int

    /// Its open descriptors; nil when there is no such process, or it is another user's.
    var descriptors: Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd"))?.count
    }

    /// User and system time of all its threads, ended ones included; nil when there is no such process.
    var cpuMicroseconds: Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        // proc_pid_stat(5): what follows the name begins with field 3; utime and stime are 14 and 15, in ticks.
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
