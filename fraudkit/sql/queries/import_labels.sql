-- Fraud known later: one event per transaction, known a fixed time after it, unless an import said so before.
INSERT INTO label_event BY NAME
SELECT
    transactions.transaction_id,
    'fraud' AS verdict,
    'confirmed' AS certainty,
    'import' AS source,
    transactions.ts_us + $delay AS label_known_at,
    CAST($batch_id AS INTEGER) AS batch_id,
    $actor AS actor,
    $role AS role,
    $now AS created_at
FROM pending_label
JOIN transactions ON transactions.position = pending_label.position
WHERE NOT EXISTS (
    SELECT 1
    FROM label_event
    WHERE
        label_event.transaction_id = transactions.transaction_id
        AND label_event.source = 'import'
        AND label_event.verdict = 'fraud'
)
ORDER BY transactions.position
RETURNING *
