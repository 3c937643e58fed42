import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Statement list")
struct StatementListTests {
    @Test("a statement is prepared once under its name, and again after a rest")
    func names() throws {
        let directory = try TemporaryDirectory()
        var options = Database.Options()
        options.creates = true
        let database = try Database(path: directory.file("database.sqlite"), options: options)
        defer { database.close() }
        let names: [StaticString] = [
            "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 5", "SELECT 6", "SELECT 7", "SELECT 8", "SELECT 9",
            "SELECT 10", "SELECT 11", "SELECT 12", "SELECT 13", "SELECT 14", "SELECT 15", "SELECT 16", "SELECT 17",
            "SELECT 18", "SELECT 19", "SELECT 20",
        ]
        // More than are fetched ahead.
        let first = try names.map { try database.statement($0) }
        try database.write {}
        for (index, name) in names.enumerated().reversed() {
            let statement = try database.statement(name)
            #expect(statement === first[index])
            #expect(try statement.step())
            #expect(statement.int64() == Int64(index + 1))
            statement.reset()
        }
        database.rest()
        try database.write {}
        for (index, name) in names.enumerated() { #expect(try database.statement(name) !== first[index]) }
    }
}
