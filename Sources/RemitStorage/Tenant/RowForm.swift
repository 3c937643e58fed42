import RemitDomain

/// Takes the values of an entity's row in the order of its columns.
protocol RowSink {
    mutating func bind(_ value: Int64)
    mutating func bind(_ value: String)
    /// `bytes` aren't made where nobody takes them.
    mutating func bind(blob bytes: @autoclosure () -> [UInt8])
    mutating func bindNull()
}

extension RowSink {
    mutating func bind(_ value: Int64?) {
        if let value { bind(value) } else { bindNull() }
    }

    mutating func bind(_ value: String?) {
        if let value { bind(value) } else { bindNull() }
    }

    mutating func bind(_ value: [UInt8]?) {
        if let value { bind(blob: value) } else { bindNull() }
    }

    mutating func bind(_ value: Bool) { bind(value ? 1 : 0) }

    mutating func bind(_ value: Timestamp) { bind(value.milliseconds) }

    mutating func bind(_ value: Timestamp?) { bind(value?.milliseconds) }

    mutating func bind<Tag>(_ value: Identifier<Tag>) { bind(value.text) }

    mutating func bind<Tag>(_ value: Identifier<Tag>?) { bind(value?.text) }

    mutating func bind(_ value: some RawRepresentable<Int64>) { bind(value.rawValue) }

    mutating func bind(_ metadata: Metadata) {
        if metadata.entries.isEmpty { bindNull() } else { bind(blob: MetadataColumn.encode(metadata)) }
    }
}

/// Binds a row's values to a statement, but for those that its text has itself.
struct BoundRow: RowSink {
    private let statement: Statement
    private let blank: UInt64
    private var column: UInt64 = 1

    /// The statement must be of the form's text; nil: all values are bound.
    init(_ statement: Statement, _ form: RowForm? = nil) {
        self.statement = statement
        blank = form?.blank ?? 0
    }

    /// Whether the next value is bound.
    private mutating func isBound() -> Bool {
        defer { column <<= 1 }
        return blank & column == 0
    }

    mutating func bind(_ value: Int64) {
        if isBound() { statement.bind(value) }
    }

    mutating func bind(_ value: String) {
        if isBound() { statement.bind(value) }
    }

    mutating func bind(blob bytes: @autoclosure () -> [UInt8]) {
        if isBound() { statement.bind(bytes()) }
    }

    mutating func bindNull() {
        if isBound() { statement.bindNull() }
    }
}

/// Notes which columns of a row are NULL, and which are 0.
struct BlankColumns: RowSink {
    fileprivate var nulls: UInt64 = 0
    fileprivate var zeros: UInt64 = 0
    private var column: UInt64 = 1

    mutating func bind(_ value: Int64) {
        if value == 0 { zeros |= column }
        column <<= 1
    }

    mutating func bind(_ value: String) { column <<= 1 }

    mutating func bind(blob bytes: @autoclosure () -> [UInt8]) { column <<= 1 }

    mutating func bindNull() {
        nulls |= column
        column <<= 1
    }
}

/// An INSERT of rows whose blank columns are known: its text says them, and nobody binds them.
///
/// What is bound takes memory of the statement, which each open tenant has for itself and which is cold when its turn
/// comes; half of a new payment's columns are blank, always the same. The row is made by one function whatever the form
/// is: ``BlankColumns`` asks it whether the form fits.
struct RowForm {
    /// The statement's.
    let name: StaticString
    private let table: String
    private let columns: [String]
    private let nulls: UInt64
    private let zeros: UInt64

    /// The columns that aren't bound.
    fileprivate var blank: UInt64 { nulls | zeros }

    /// Of a table whose row has these columns, 64 at most; which of them are NULL in every row of the form, and which 0.
    init(
        _ name: StaticString, table: String, columns: [String], nulls: [String] = [], zeros: [String] = []
    ) {
        self.name = name
        precondition(columns.count <= UInt64.bitWidth, "A row has more columns than a form can tell apart.")
        self.table = table
        self.columns = columns
        self.nulls = Self.bits(of: nulls, in: columns)
        self.zeros = Self.bits(of: zeros, in: columns)
    }

    private static func bits(of names: [String], in columns: [String]) -> UInt64 {
        names.reduce(0) { bits, name in
            guard let index = columns.firstIndex(of: name) else {
                preconditionFailure("A form names a column that isn't there: \(name).")
            }
            return bits | 1 << UInt64(index)
        }
    }

    /// Whether a row has the form.
    func fits(_ row: BlankColumns) -> Bool {
        nulls & ~row.nulls == 0 && zeros & ~row.zeros == 0
    }

    /// The INSERT.
    var text: String {
        let named = columns.indices.filter { nulls & 1 << UInt64($0) == 0 }
        let values = named.map { zeros & 1 << UInt64($0) == 0 ? "?" : "0" }
        return """
            INSERT INTO \(table) (\(named.map { columns[$0] }.joined(separator: ", ")))
            VALUES (\(values.joined(separator: ", ")))
            """
    }
}
