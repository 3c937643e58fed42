/// The tables that a create writes to and reads: Remit's columns and Remit's seven b-trees.
///
/// Payments and operations are keyed by an integer that their ids tell (``TimeOrderedID/place(of:)``), so that rows are
/// appended and indexes name them in eight bytes. A payment's history is its events. A payment names its first event,
/// which so needs no place in the index of events.
///
/// What a fresh payment always has is written into the statements, which spares GRDB the binding.
enum StoreSchema {
    /// The customer that the load names.
    static let customer = "customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX"

    static let insertEvent = """
        INSERT INTO event (
            id, type, entity_type, entity_id, verb, actor, operation_id, at_ms, ordinal, source, from_stage, to_stage,
            after
        ) VALUES (?, 'payment.created', 'payment', ?, 'CreatePayment', ?, ?, ?, 1, 1, 0, ?, ?)
        """

    static let insertPayment = """
        INSERT INTO payment (
            place, id, first_sequence, version, created_at_ms, updated_at_ms, created_by, amount, currency, status,
            stage, payment_method, customer_id, order_id, capture_method, amount_capturable, amount_captured,
            amount_refunded, amount_disputed, dispute_status, type, attempt, livemode, metadata, description,
            is_canceled_here, blob_version, blob
        ) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 0, 0, ?, ?, 0, 1, ?)
        """

    static let insertOperation = """
        INSERT INTO operation (
            place, id, principal, key, method, digests, state, outcome, entity, payment_id, reply_sequence, unanswered,
            sends, empty_look_ups, created_at_ms
        ) VALUES (?, ?, ?, ?, 1, ?, 4, 1, ?, ?, ?, 0, 0, 0, ?)
        """

    static let selectPayment = "SELECT blob FROM payment WHERE place = ? AND id = ?"

    /// The digest and the answer of the operation that had a key.
    static let selectOperation = """
        SELECT operation.digests, event.after FROM operation
        JOIN event ON event.sequence = operation.reply_sequence
        WHERE operation.key = ? AND operation.principal = ?
        """

    static let tables = """
        CREATE TABLE IF NOT EXISTS payment (
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
            metadata TEXT,
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
        CREATE UNIQUE INDEX IF NOT EXISTS payment_order ON payment (order_id) WHERE order_id IS NOT NULL;
        CREATE UNIQUE INDEX IF NOT EXISTS payment_external ON payment (external_id) WHERE external_id IS NOT NULL;
        CREATE UNIQUE INDEX IF NOT EXISTS payment_stripe ON payment (stripe_payment_id) WHERE stripe_payment_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_charge ON payment (stripe_charge_id) WHERE stripe_charge_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_customer ON payment (customer_id) WHERE customer_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_status ON payment (status);
        CREATE TABLE IF NOT EXISTS customer (
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
            metadata TEXT,
            account TEXT,
            livemode INTEGER NOT NULL,
            blob_version INTEGER NOT NULL,
            blob BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS customer_stripe ON customer (stripe_customer_id) WHERE stripe_customer_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS customer_email ON customer (email);
        CREATE TABLE IF NOT EXISTS operation (
            place INTEGER PRIMARY KEY NOT NULL,
            id TEXT NOT NULL,
            principal TEXT NOT NULL,
            key TEXT,
            method INTEGER NOT NULL,
            digests BLOB NOT NULL,
            state INTEGER NOT NULL,
            outcome INTEGER NOT NULL,
            refusal_code INTEGER,
            refusal_reason TEXT,
            refusal_message TEXT,
            refusal_field TEXT,
            refusal_outcome INTEGER,
            refusal_not_processed INTEGER,
            refusal_retry_after_ms INTEGER,
            leader TEXT,
            entity TEXT NOT NULL,
            payment_id TEXT,
            reply_sequence INTEGER,
            prepared BLOB,
            attempt_key TEXT,
            account TEXT,
            livemode INTEGER,
            first_sent_ms INTEGER,
            last_sent_ms INTEGER,
            unanswered INTEGER NOT NULL,
            sends INTEGER NOT NULL,
            spent_at_ms INTEGER,
            empty_look_ups INTEGER NOT NULL,
            due_at_ms INTEGER,
            created_at_ms INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS operation_key ON operation (key, principal) WHERE key IS NOT NULL;
        CREATE INDEX IF NOT EXISTS operation_open ON operation (payment_id) WHERE state IN (2, 3);
        CREATE INDEX IF NOT EXISTS operation_due ON operation (due_at_ms) WHERE due_at_ms IS NOT NULL;
        CREATE INDEX IF NOT EXISTS operation_leader ON operation (leader) WHERE leader IS NOT NULL;
        CREATE TABLE IF NOT EXISTS event (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            entity_type TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            previous INTEGER,
            verb TEXT NOT NULL,
            actor TEXT NOT NULL,
            operation_id TEXT,
            stripe_event_id TEXT,
            at_ms INTEGER NOT NULL,
            ordinal INTEGER,
            source INTEGER,
            from_stage INTEGER,
            to_stage INTEGER,
            after BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS event_entity ON event (entity_id, sequence) WHERE previous IS NOT NULL;
        INSERT OR IGNORE INTO customer (
            id, version, created_at_ms, updated_at_ms, created_by, name, email, tax_exempt, livemode, blob_version, blob
        ) VALUES ('\(customer)', 1, 0, 0, 'load', 'Load', 'load@example.com', 0, 0, 1, x'');
        """
}
