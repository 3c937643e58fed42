import RemitDomain

/// Where an entity's row lies: an integer that its id tells, in the order of ids.
///
/// A table keyed by an integer fills page after page at its right end, keeps rows out of its inner pages, and its
/// indexes name a row in eight bytes; with the id itself as the key none of that holds, and with both there is one more
/// b-tree to write to. The id stays in the row, and every look-up asks for both.
///
/// An id's home is its time and counter, the upper 64 of its 128 bits. Another row may lie there (ids of two runs within
/// one millisecond): then the row lies in the next free place, at most ``neighbours`` further.
enum RowPlace {
    /// How far from its home a row lies at most; one run's ids don't meet, so that even one step is rare.
    static let neighbours: Int64 = 64
    /// `{type}_`, then 26 characters of five bits, the first holding three: the upper 64 bits end within the 14th.
    private static let characters = 26
    /// An id of another form has its home below all others': 40 bits of its text's begin, in their order, 22 of a hash.
    private static let beginBytes = 5
    private static let hashBits: UInt64 = 22

    /// A table whose rows have places.
    enum Table: String {
        case payment, operation
    }

    /// The home of an id's row.
    static func home(of id: String) -> Int64 {
        var id = id
        return id.withUTF8 { home(of: $0) }
    }

    /// The same of an id in UTF-8.
    static func home(of id: UnsafeBufferPointer<UInt8>) -> Int64 {
        let start = (id.lastIndex(of: UInt8(ascii: "_")) ?? -1) + 1
        let text = UnsafeBufferPointer(rebasing: id[start...])
        return minted(text) ?? foreign(text)
    }

    /// The milliseconds of an id that was minted here; nil for ids of another form.
    static func milliseconds(of id: String) -> Int64? {
        let home = home(of: id)
        return home < 0 ? nil : home >> 16
    }

    /// The least home of an id that was minted at `milliseconds` or later.
    static func lowerBound(milliseconds: Int64) -> Int64 {
        min(max(milliseconds, 0), 1 << 47 - 1) << 16
    }

    private static func minted(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count == characters else { return nil }
        var value: UInt64 = 0
        for byte in text.prefix(13) {
            guard let digit = digit(byte) else { return nil }
            value = value << 5 | digit
        }
        guard let last = digit(text[13]), value < 1 << 62 else { return nil }
        return Int64(value << 1 | last >> 4)
    }

    /// Crockford's alphabet in lower case.
    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x61...0x68: UInt64(byte - 0x61 + 10)  // a … h
        case 0x6A, 0x6B: UInt64(byte - 0x6A + 18)  // j k
        case 0x6D, 0x6E: UInt64(byte - 0x6D + 20)  // m n
        case 0x70...0x74: UInt64(byte - 0x70 + 22)  // p … t
        case 0x76...0x7A: UInt64(byte - 0x76 + 27)  // v … z
        default: nil
        }
    }

    private static func foreign(_ text: UnsafeBufferPointer<UInt8>) -> Int64 {
        var begin: UInt64 = 0
        for index in 0..<beginBytes { begin = begin << 8 | UInt64(index < text.count ? text[index] : 0) }
        var hash = SipHash(key: SipHash.Key(low: 0, high: 0))
        hash.combine(text.dropFirst(beginBytes))
        let rest = text.count > beginBytes ? hash.finalize() >> (64 - hashBits) : 0
        return Int64(begin << hashBits | rest) - 1 << 62
    }

    // MARK: In a file

    /// Runs `body` with the place where a row should lie, and where that finds nothing, with the one where it does.
    static func find<R>(
        _ id: String, in table: Table, of database: Database, _ body: (Int64) throws(StorageError) -> R?
    ) throws(StorageError) -> R? {
        let home = home(of: id)
        if let found = try body(home) { return found }
        guard let place = try place(of: id, besides: home, in: table, of: database) else { return nil }
        return try body(place)
    }

    /// The place of a row; nil where there is none.
    static func place(
        of id: String, in table: Table, of database: Database
    ) throws(StorageError) -> Int64? {
        let home = home(of: id)
        return try place(of: id, besides: home - 1, in: table, of: database)
    }

    private static func place(
        of id: String, besides home: Int64, in table: Table, of database: Database
    ) throws(StorageError) -> Int64? {
        let statement = try database.queryStatement(
            "SELECT place FROM \(table.rawValue) WHERE place > ?1 AND place <= ?1 + \(neighbours) AND id = ?2")
        defer { statement.reset() }
        statement.bind(home)
        statement.bind(id)
        return try statement.step() ? statement.int64() : nil
    }

    /// Inserts a row at its home; where another row lies there, in the next free place.
    ///
    /// `insert` binds and runs the statement. The id's own row is a constraint error, as any unique value's.
    static func insert(
        _ id: String, into table: Table, of database: Database, _ insert: (Int64) throws(StorageError) -> Void
    ) throws(StorageError) {
        let home = home(of: id)
        do throws(StorageError) {
            try insert(home)
        } catch {
            guard error.isOccupied,
                let free = try freePlace(for: id, after: home, in: table, of: database)
            else { throw error }
            try insert(free)
        }
    }

    /// Nil: the id has a row, or all neighbours are taken.
    private static func freePlace(
        for id: String, after home: Int64, in table: Table, of database: Database
    ) throws(StorageError) -> Int64? {
        let statement = try database.queryStatement(
            """
            SELECT place, id FROM \(table.rawValue) WHERE place >= ?1 AND place <= ?1 + \(neighbours) ORDER BY place
            """)
        defer { statement.reset() }
        statement.bind(home)
        var free: Int64?
        var next = home
        while try statement.step() {
            let place = statement.int64()
            guard statement.text() != id else { return nil }
            if free == nil, place > next { free = next }
            next = place + 1
        }
        return free ?? (next <= home + neighbours ? next : nil)
    }
}
