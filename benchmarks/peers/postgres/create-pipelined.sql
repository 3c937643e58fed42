-- The same as create.sql, sent in one go: what a driver spares in round trips when it can pipeline. An application could
-- not look at the look-ups before it inserts; the unique index on the key stands in for that.
-- Serials grow with time over all clients, so that ids do as well; `run` is a number that grows with each run.
\set n :n + 1
\set serial 100000000000000000 + :run * 1000000000000 + :n * 1000 + :client_id
\set now 1767225600000 + :n
\startpipeline
BEGIN;
SELECT operation.digests, event.after FROM operation JOIN event ON event.sequence = operation.reply_sequence
    WHERE operation.key = 'key-1x8k2d-3-' || :serial AND operation.principal = 'key_01KE0QZ3V8';
SELECT 1 FROM customer WHERE id = 'customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX';
INSERT INTO event (
    id, type, entity_type, entity_id, verb, actor, operation_id, at_ms, ordinal, source, from_stage, to_stage, after
) VALUES (
    'event_01KE0QZ3' || :serial, 'payment.created', 'payment', 'payment_01KE0QZ3' || :serial, 'CreatePayment',
    'key_01KE0QZ3V8', 'operation_01KE0QZ3' || :serial, :now, 1, 1, 0, 1, :blob
);
INSERT INTO payment (
    place, id, first_sequence, version, created_at_ms, updated_at_ms, created_by, amount, currency, status, stage,
    payment_method, customer_id, order_id, capture_method, amount_capturable, amount_captured, amount_refunded,
    amount_disputed, dispute_status, type, attempt, livemode, metadata, description, is_canceled_here, blob_version, blob
) VALUES (
    :serial, 'payment_01KE0QZ3' || :serial, lastval(), 1, :now, :now, 'key_01KE0QZ3V8', 2500, 'usd', 1, 1, NULL,
    'customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX', 'order-' || :serial, 1, 0, 0, 0, 0, 0, 1, 0, false, :metadata,
    NULL, false, 1, :blob
);
INSERT INTO operation (
    place, id, principal, key, method, digests, state, outcome, entity, payment_id, reply_sequence, unanswered, sends,
    empty_look_ups, created_at_ms
) VALUES (
    :serial, 'operation_01KE0QZ3' || :serial, 'key_01KE0QZ3V8', 'key-1x8k2d-3-' || :serial, 1, :digest, 4, 1,
    'payment_01KE0QZ3' || :serial, 'payment_01KE0QZ3' || :serial, lastval(), 0, 0, 0, :now
);
COMMIT;
\endpipeline
