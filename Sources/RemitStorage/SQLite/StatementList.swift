internal import CSQLite

/// A connection's prepared statements, in the order of their first use, by the addresses of their names.
///
/// A tenant's turn finds all of it in cold memory when there are thousands of tenants: names that are used together lie
/// in one line of the processor's cache or two, where a dictionary takes three for each.
struct StatementList {
    /// How many are fetched ahead: a Create runs eight.
    private static let fetchedMax = 16
    /// Bytes of an own object, and the begin of SQLite's: what each execution touches first.
    private static let (ownBytes, handleBytes) = (128, 320)

    private var names: [UInt] = []
    private var statements: [Statement] = []
    /// The addresses of the first ones, and of SQLite's own.
    private var addresses: [(own: UnsafeRawPointer, handle: UnsafeRawPointer)] = []

    func find(_ name: UInt) -> Statement? {
        names.firstIndex(of: name).map { statements[$0] }
    }

    mutating func add(_ statement: Statement, _ name: UInt) {
        names.append(name)
        statements.append(statement)
        guard addresses.count < Self.fetchedMax else { return }
        addresses.append((UnsafeRawPointer(Unmanaged.passUnretained(statement).toOpaque()), statement.address))
    }

    /// Has the processor fetch the begins of the first ones, all at the same time, while something else is done.
    ///
    /// A statement at a time, each would be waited for.
    func fetchAhead() {
        for address in addresses {
            remit_prefetch(address.own, Self.ownBytes)
            remit_prefetch(address.handle, Self.handleBytes)
        }
    }
}
