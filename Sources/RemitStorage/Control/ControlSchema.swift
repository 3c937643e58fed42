/// The tables of control.sqlite, by version.
///
/// A published text never changes; what must change is a new one.
enum ControlSchema {
    static let schema = Schema(name: "control", migrations: [version1])

    private static let version1 = [tables, OperationSchema.table, EventSchema.table].joined(separator: "\n")

    private static let tables = """
        CREATE TABLE control_meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            generation INTEGER NOT NULL,
            sealed_check BLOB NOT NULL,
            created_at_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE tenant (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            state INTEGER NOT NULL,
            default_currency TEXT,
            created_at_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX tenant_name ON tenant (name);
        CREATE TABLE principal (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            is_admin INTEGER NOT NULL,
            created_at_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE api_key (
            hash BLOB PRIMARY KEY NOT NULL,
            principal TEXT NOT NULL,
            display TEXT NOT NULL,
            created_at_ms INTEGER NOT NULL,
            revoked_at_ms INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE scope (
            principal TEXT NOT NULL,
            tenant TEXT NOT NULL,
            method TEXT NOT NULL,
            PRIMARY KEY (principal, tenant, method)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE stripe_account (
            tenant TEXT NOT NULL,
            account TEXT NOT NULL,
            livemode INTEGER NOT NULL,
            is_current INTEGER NOT NULL,
            sealed_key BLOB NOT NULL,
            PRIMARY KEY (tenant, account)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE webhook_secret (
            tenant TEXT NOT NULL,
            slot INTEGER NOT NULL CHECK (slot IN (1, 2)),
            sealed BLOB NOT NULL,
            PRIMARY KEY (tenant, slot)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mark (
            tenant TEXT PRIMARY KEY NOT NULL,
            is_open INTEGER NOT NULL,
            next_due_at_ms INTEGER
        ) STRICT, WITHOUT ROWID;
        """
}
