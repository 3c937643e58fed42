package import RemitDomain

/// What is remembered of a tenant that isn't open: whether it must be opened, and when.
package struct TenantMark: Hashable, Sendable {
    package let tenant: TenantID
    /// It was written to since it was last closed cleanly: after a crash it may hold started operations.
    package var isOpen: Bool
    /// When something in it is due; nil: nothing.
    package var nextDueAt: Timestamp?

    package init(tenant: TenantID, isOpen: Bool, nextDueAt: Timestamp? = nil) {
        self.tenant = tenant
        self.isOpen = isOpen
        self.nextDueAt = nextDueAt
    }
}
