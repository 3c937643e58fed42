package import RemitDomain

/// An open write transaction of a tenant; `borrowing` keeps it inside.
package struct TenantTransaction: TenantRows, OperationWriter, EventWriter, ~Copyable {
    package let connection: Database
    package let encoder: any EntityEncoder.Type
    package let known: KnownRows?
}

/// An open read transaction of a tenant.
package struct TenantReadTransaction: TenantRows, ~Copyable {
    package let connection: Database
    package let encoder: any EntityEncoder.Type
    /// Where the messages of payments that are looked up by id are kept; nil: nowhere.
    let recent: RecentPayments?
}
