/// The table of operations, alike in tenants' files and in the control file.
enum OperationSchema {
    static let table = """
        CREATE TABLE operation (
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
        CREATE UNIQUE INDEX operation_key ON operation (key, principal) WHERE key IS NOT NULL;
        CREATE INDEX operation_open ON operation (payment_id) WHERE state IN (2, 3);
        CREATE INDEX operation_due ON operation (due_at_ms) WHERE due_at_ms IS NOT NULL;
        CREATE INDEX operation_leader ON operation (leader) WHERE leader IS NOT NULL;
        """
}
