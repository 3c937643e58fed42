/// The tables that a create writes to and reads, with the columns that Remit has, in nine b-trees.
///
/// What a fresh payment always has is written into the statements, which spares GRDB the binding.
enum StoreSchema {
    /// The customer that the load names.
    static let customer = "customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX"

    static let insertPayment = """
        INSERT INTO payment (
            id, version, created_at_ms, updated_at_ms, created_by, amount, currency, status, stage, payment_method,
            customer_id, order_id, capture_method, amount_capturable, amount_captured, amount_refunded,
            amount_disputed, dispute_status, type, attempt, livemode, metadata, description, is_canceled_here,
            blob_version, blob
        ) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 0, 0, ?, ?, 0, 1, ?)
        """

    static let insertHistory = """
        INSERT INTO payment_history (
            payment_id, ordinal, is_new, source, update_name, applied, reason, from_stage, to_stage, actor,
            operation_id, at_ms
        ) VALUES (?, 1, 1, 1, 'CreatePayment', 1, '', 0, ?, ?, ?, ?)
        """

    static let insertEvent = """
        INSERT INTO event (id, type, entity_type, entity_id, verb, actor, operation_id, at_ms, after)
        VALUES (?, 'payment.created', 'payment', ?, 'CreatePayment', ?, ?, ?, ?)
        """

    static let insertOperation = """
        INSERT INTO operation (
            id, principal, key, method, digests, state, outcome, entity, payment_id, reply_sequence, unanswered, sends,
            empty_look_ups, created_at_ms
        ) VALUES (?, ?, ?, 1, ?, 4, 1, ?, ?, ?, 0, 0, 0, ?)
        """

    /// The digest and the answer of the operation that had a key.
    static let selectOperation = """
        SELECT operation.digests, event.after FROM operation
        JOIN event ON event.sequence = operation.reply_sequence
        WHERE operation.principal = ? AND operation.key = ?
        """

    static let tables = """
        CREATE TABLE IF NOT EXISTS payment (
            id TEXT PRIMARY KEY NOT NULL,
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
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS payment_order ON payment (order_id) WHERE order_id IS NOT NULL;
        CREATE UNIQUE INDEX IF NOT EXISTS payment_external ON payment (external_id) WHERE external_id IS NOT NULL;
        CREATE UNIQUE INDEX IF NOT EXISTS payment_stripe ON payment (stripe_payment_id) WHERE stripe_payment_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_charge ON payment (stripe_charge_id) WHERE stripe_charge_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_customer ON payment (customer_id, id) WHERE customer_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS payment_status ON payment (status, id);
        CREATE TABLE IF NOT EXISTS payment_history (
            payment_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            is_new INTEGER NOT NULL,
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
            id TEXT PRIMARY KEY NOT NULL,
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
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS operation_key ON operation (principal, key) WHERE key IS NOT NULL;
        CREATE INDEX IF NOT EXISTS operation_open ON operation (payment_id, id) WHERE state IN (2, 3);
        CREATE INDEX IF NOT EXISTS operation_due ON operation (due_at_ms) WHERE due_at_ms IS NOT NULL;
        CREATE INDEX IF NOT EXISTS operation_leader ON operation (leader) WHERE leader IS NOT NULL;
        CREATE TABLE IF NOT EXISTS event (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            entity_type TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            verb TEXT NOT NULL,
            actor TEXT NOT NULL,
            operation_id TEXT,
            stripe_event_id TEXT,
            at_ms INTEGER NOT NULL,
            after BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS event_entity ON event (entity_id, sequence);
        INSERT OR IGNORE INTO customer (
            id, version, created_at_ms, updated_at_ms, created_by, name, email, tax_exempt, livemode, blob_version, blob
        ) VALUES ('\(customer)', 1, 0, 0, 'load', 'Load', 'load@example.com', 0, 0, 1, x'');
        """
}
