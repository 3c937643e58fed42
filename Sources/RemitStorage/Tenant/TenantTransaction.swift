package import RemitDomain

/// An open write transaction of a tenant; `borrowing` keeps it inside.
package struct TenantTransaction<Encoder: EntityEncoder>: TenantRows, OperationWriter, EventWriter, ~Copyable {
    package let connection: Database
}

/// An open read transaction of a tenant.
package struct TenantReadTransaction<Encoder: EntityEncoder>: TenantRows, ~Copyable {
    package let connection: Database
}
