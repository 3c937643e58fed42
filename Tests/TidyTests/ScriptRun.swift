import Foundation

/// One run of a script of this tree: what it printed, and how it ended.
struct ScriptRun {
    let text: String
    let status: Int32

    /// Runs `scripts/NAME` with what is added to this process's environment.
    init(_ name: String, _ arguments: [String], adding environment: [String: String] = [:]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "scripts/\(name)")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        text = String(decoding: bytes, as: UTF8.self)
        status = process.terminationStatus
    }
}
