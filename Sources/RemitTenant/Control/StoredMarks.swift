import RemitDomain
import RemitStorage

/// What control.sqlite says of each tenant's mark, so that nothing is written that it says already.
///
/// Most tenants are closed with nothing due, and take no room here.
struct StoredMarks {
    private enum Mark: Hashable {
        case open
        /// Closed, and due then.
        case due(Timestamp)
        /// A mark is being written, or its writing failed.
        case unknown
    }

    private var marks: [TenantID: Mark] = [:]

    /// `marks`: those that the file has, but for closed ones with nothing due.
    init(_ marks: [TenantMark]) {
        for mark in marks { set(mark) }
    }

    /// Whether the tenant is surely marked open.
    func isOpen(_ tenant: TenantID) -> Bool { marks[tenant] == .open }

    /// Whether the file surely says the same of the tenant.
    func holds(_ mark: TenantMark) -> Bool { marks[mark.tenant] == Self.mark(mark) }

    /// A mark was committed.
    mutating func set(_ mark: TenantMark) { marks[mark.tenant] = Self.mark(mark) }

    /// A mark will be written: until it is committed, the file may say either.
    mutating func forget(_ tenant: TenantID) { marks[tenant] = .unknown }

    private static func mark(_ mark: TenantMark) -> Mark? {
        mark.isOpen ? .open : mark.nextDueAt.map(Mark.due)
    }
}
