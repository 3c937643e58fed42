import Foundation

extension ServerProcess {
    /// What of its memory lies in RAM, in KiB; nil when there is no such process.
    var residentKibibytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8) else { return nil }
        return Self.residentKibibytes(inStatus: text)
    }

    /// The line `VmRSS: 1234 kB` of proc_pid_status(5), whose kB are KiB.
    static func residentKibibytes(inStatus text: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Double($0) }
    }
}
