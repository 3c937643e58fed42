import Foundation

/// Where figures were measured; without it they say nothing.
struct LoadEnvironment: Codable, Hashable, Sendable {
    var cpu: String
    var cores: Int
    var kernel: String
    var system: String
    var date: String
    /// What the caller adds, such as the commit.
    var notes: [String: String]

    /// Reads this machine; `notes` are `name=value`.
    init(notes: [String]) {
        cpu = Self.cpuModel ?? "unknown"
        cores = ProcessInfo.processInfo.processorCount
        kernel = Self.kernelOfNow
        system = ProcessInfo.processInfo.operatingSystemVersionString
        date = ISO8601DateFormatter().string(from: Date())
        self.notes = Self.parsed(notes: notes)
    }

    /// Notes by name, from `name=value`; of two with one name, the later.
    static func parsed(notes: [String]) -> [String: String] {
        Dictionary(
            notes.map { note in
                let parts = note.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts.last ?? ""))
            }, uniquingKeysWith: { $1 })
    }

    /// As it was written down.
    init(cpu: String, cores: Int, kernel: String, system: String, date: String, notes: [String: String] = [:]) {
        self.cpu = cpu
        self.cores = cores
        self.kernel = kernel
        self.system = system
        self.date = date
        self.notes = notes
    }

    /// In one line, for people.
    var line: String {
        let notes = notes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (["\(cpu), \(cores) cores", "Linux \(kernel)"] + notes + [date]).joined(separator: " · ")
    }

    /// The machine alone, for a table that is copied elsewhere: neither date nor notes.
    var machine: String { "\(cpu), \(cores) cores, Linux \(kernel)" }

    /// Such as “6.18 x86_64”: what a distribution or a vendor adds to the version says more of the machine's owner than of
    /// its speed.
    private static var kernelOfNow: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        let texts = [withUnsafeBytes(of: name.release, Self.text), withUnsafeBytes(of: name.machine, Self.text)]
        return kernel(release: texts[0], machine: texts[1])
    }

    /// The first two numbers of a release, and the machine's architecture.
    static func kernel(release: String, machine: String) -> String {
        let numbers = release.split(separator: ".").prefix(2).map { $0.prefix { $0.isNumber } }
        return "\(numbers.joined(separator: ".")) \(machine)"
    }

    private static func text(of characters: UnsafeRawBufferPointer) -> String {
        String(decoding: characters.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static var cpuModel: String? {
        let line = text(of: "/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    private static func text(of path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
