/// The tables of a tenant's file, by version.
///
/// A published text never changes; what must change is a new one.
///
/// STRICT everywhere, and every table has a primary key without NULLs, so that a changeset can name every row.
/// Ids are time-ordered, so new rows go to the right end of their b-trees; ``RowPlace`` says what `place` is. A new
/// payment touches the b-trees of payment, status, event and operation, and one more for each of order, customer and key
/// that it has; a test counts them.
enum TenantSchema {
    static let schema = Schema(name: "tenant", migrations: [version1])

    private static let version1 = [
        meta, payment, history, refund, customer, OperationSchema.table, EventSchema.table, inbox, fetchQueue,
    ].joined(separator: "\n")

    private static let meta = """
        CREATE TABLE tenant_meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            tenant TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            digest_key BLOB NOT NULL,
            id_time_skew_ms INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """

    private static let payment = """
        CREATE TABLE payment (
            place INTEGER PRIMARY KEY NOT NULL,
            id TEXT NOT NULL,
            first_sequence INTEGER,
            version INTEGER NOT NULL,
            created_at_ms INTEGER NOT NULL,
            updated_at_ms INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            deleted_at_ms INTEGER,
            amount INTEGER NOT NULL,
            currency TEXT NOT NULL,
            status INTEGER NOT NULL,
            stage INTEGER NOT NULL,
            payment_method TEXT,
            customer_id TEXT,
            invoice_id TEXT,
            subscription_id TEXT,
            order_id TEXT,
            external_id TEXT,
            stripe_payment_id TEXT,
            stripe_charge_id TEXT,
            capture_method INTEGER NOT NULL,
            amount_capturable INTEGER NOT NULL,
            amount_captured INTEGER NOT NULL,
            amount_refunded INTEGER NOT NULL,
            amount_disputed INTEGER NOT NULL,
            dispute_status INTEGER NOT NULL,
            dispute_reason TEXT,
            failure_code TEXT,
            failure_decline_code TEXT,
            failure_message TEXT,
            type INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            hold TEXT,
            account TEXT,
            livemode INTEGER NOT NULL,
            metadata BLOB,
            description TEXT,
            last_learned_ms INTEGER,
            learned_at_ms INTEGER,
            is_canceled_here INTEGER NOT NULL,
            open_charge TEXT,
            intent_operation TEXT,
            capture_expected INTEGER,
            next_action BLOB,
            blob_version INTEGER NOT NULL,
            blob BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX payment_order ON payment (order_id) WHERE order_id IS NOT NULL;
        CREATE UNIQUE INDEX payment_external ON payment (external_id) WHERE external_id IS NOT NULL;
        CREATE UNIQUE INDEX payment_stripe ON payment (stripe_payment_id) WHERE stripe_payment_id IS NOT NULL;
        CREATE INDEX payment_charge ON payment (stripe_charge_id) WHERE stripe_charge_id IS NOT NULL;
        CREATE INDEX payment_customer ON payment (customer_id) WHERE customer_id IS NOT NULL;
        CREATE INDEX payment_status ON payment (status);
        """

    /// What was learned of a payment without an event of its own; the other rows of its history are its events.
    private static let history = """
        CREATE TABLE payment_history (
            payment_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            source INTEGER NOT NULL,
            update_name TEXT NOT NULL,
            applied INTEGER NOT NULL,
            reason TEXT NOT NULL,
            from_stage INTEGER NOT NULL,
            to_stage INTEGER NOT NULL,
            actor TEXT NOT NULL,
            stripe_event_id TEXT,
            operation_id TEXT,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (payment_id, ordinal)
        ) STRICT, WITHOUT ROWID;
        """

    private static let refund = """
        CREATE TABLE refund (
            id TEXT PRIMARY KEY NOT NULL,
            version INTEGER NOT NULL,
            created_at_ms INTEGER NOT NULL,
            updated_at_ms INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            payment_id TEXT NOT NULL,
            amount INTEGER NOT NULL,
            currency TEXT NOT NULL,
            reason INTEGER NOT NULL,
            status INTEGER NOT NULL,
            stripe_refund_id TEXT,
            failure_reason TEXT,
            account TEXT,
            learned_at_ms INTEGER,
            blob_version INTEGER NOT NULL,
            blob BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refund_payment ON refund (payment_id, id);
        CREATE UNIQUE INDEX refund_stripe ON refund (stripe_refund_id) WHERE stripe_refund_id IS NOT NULL;
        """

    private static let customer = """
        CREATE TABLE customer (
            id TEXT PRIMARY KEY NOT NULL,
            version INTEGER NOT NULL,
            created_at_ms INTEGER NOT NULL,
            updated_at_ms INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            deleted_at_ms INTEGER,
            name TEXT NOT NULL,
            email TEXT NOT NULL,
            organization TEXT,
            contact TEXT,
            stripe_customer_id TEXT,
            payment_method TEXT,
            currency TEXT,
            tax_exempt INTEGER NOT NULL,
            metadata BLOB,
            account TEXT,
            livemode INTEGER NOT NULL,
            blob_version INTEGER NOT NULL,
            blob BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX customer_stripe ON customer (stripe_customer_id) WHERE stripe_customer_id IS NOT NULL;
        CREATE INDEX customer_email ON customer (email);
        """

    private static let inbox = """
        CREATE TABLE inbox (
            arrival INTEGER PRIMARY KEY,
            event_id TEXT NOT NULL,
            type TEXT NOT NULL,
            object TEXT NOT NULL,
            body_sha256 BLOB NOT NULL,
            received_at_ms INTEGER NOT NULL,
            state INTEGER NOT NULL,
            due_at_ms INTEGER,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX inbox_event ON inbox (event_id);
        CREATE INDEX inbox_open ON inbox (object, arrival) WHERE state IN (1, 2);
        """

    private static let fetchQueue = """
        CREATE TABLE object_due (
            kind INTEGER NOT NULL,
            object TEXT NOT NULL,
            due_at_ms INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (kind, object)
        ) STRICT, WITHOUT ROWID;
        """
}
