import Foundation

/// What was made beforehand: tenants, the key that opens them, and what lies in them.
struct LoadStock: Codable, Sendable {
    /// The key of all tenants; nil: the one that the tool was given.
    var apiKey: String?
    /// How the tenants' names begin.
    var prefix: String
    var tenants: [LoadTenant]

    /// Reads what an earlier run left; nil without a file.
    static func read(_ path: String) throws(LoadFailure) -> LoadStock? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(LoadStock.self, from: data)
        } catch {
            throw LoadFailure("\(path) holds nothing that remit-load left (--keep). Name another file, or remove it.")
        }
    }

    /// For its owner's eyes only: it holds a key.
    func write(to path: String) throws(LoadFailure) {
        let isWritten = (try? JSONEncoder().encode(self)).map { data in
            FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        }
        guard isWritten == true else { throw LoadFailure("\(path) can't be written (--keep).") }
    }
}
