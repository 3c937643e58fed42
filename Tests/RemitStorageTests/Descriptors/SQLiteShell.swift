import Foundation

/// Another program on a database: SQLite's own shell, a process.
final class SQLiteShell {
    static let path = "/usr/bin/sqlite3"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ database: String) throws {
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["-batch", "-noheader", "-cmd", ".timeout 2000", database]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// One statement, and the line that it prints.
    func ask(_ sql: String) -> String {
        input.fileHandleForWriting.write(Data((sql + "\n").utf8))
        var line: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Closes its database and ends.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Ends it between two instructions, whatever it is doing.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Opens the database, asks once and ends.
    static func ask(_ sql: String, of database: String) throws -> String {
        let shell = try SQLiteShell(database)
        defer { shell.end() }
        return shell.ask(sql)
    }
}
