import RemitDomain

/// The time inside an id, which lets the primary key serve `created_at_ms`.
///
/// An id is minted with its entity's creation, but clocks step. The file keeps the widest distance ever seen between
/// the two; a range of creation times, widened by it, is a range of ids, and no row is ever missed.
enum IDTime {
    /// `{type}_`, then 26 characters, of which the first 10 are the milliseconds.
    private static let timeCharacters = 10
    private static let randomCharacters = 16
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// The distance that stands for "an id of another form": ids then say nothing of time.
    static let unbounded = Int64.max

    /// The milliseconds in an id; nil for ids of another form.
    static func milliseconds(of id: String) -> Int64? {
        let bytes = id.utf8
        guard let underscore = bytes.lastIndex(of: UInt8(ascii: "_")) else { return nil }
        let text = bytes[bytes.index(after: underscore)...]
        guard text.count == timeCharacters + randomCharacters else { return nil }
        var value: Int64 = 0
        for byte in text.prefix(timeCharacters) {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            value = value << 5 | Int64(digit)
        }
        return value
    }

    /// The least id that could be minted at `milliseconds`.
    static func lowerBound(prefix: String, milliseconds: Int64) -> String {
        var text = [UInt8](repeating: alphabet[0], count: timeCharacters)
        var value = min(max(milliseconds, 0), 1 << 48 - 1)
        for index in text.indices.reversed() {
            text[index] = alphabet[Int(value & 31)]
            value >>= 5
        }
        return prefix + "_" + String(decoding: text, as: UTF8.self)
    }

    /// Widens the file's known distance where this id is further from its time than any before.
    static func record(id: String, createdAt: Timestamp, in database: Database) throws(StorageError) {
        let distance = milliseconds(of: id).map { abs($0 - createdAt.milliseconds) } ?? unbounded
        guard distance != 0 else { return }
        let statement = try database.statement(
            "UPDATE tenant_meta SET id_time_skew_ms = ?1 WHERE id = 1 AND id_time_skew_ms < ?1")
        statement.bind(distance)
        try statement.run()
    }

    /// The widest distance seen.
    static func skew(in database: Database) throws(StorageError) -> Int64 {
        let statement = try database.statement("SELECT id_time_skew_ms FROM tenant_meta WHERE id = 1")
        defer { statement.reset() }
        return try statement.step() ? statement.int64() : unbounded
    }
}
