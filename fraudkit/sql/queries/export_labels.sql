-- The ledger of labels with the operations that they speak of, oldest first.
SELECT l.*, t.ts_us, t.utc_offset_minutes, t.transaction_amount, t.currency, t.customer_id,
    l.label_id = max(l.label_id) OVER (PARTITION BY l.transaction_id) AND l.verdict <> 'withdrawn' AS stands
FROM label_event l
LEFT JOIN transactions t USING (transaction_id)
WHERE l.source NOT IN ('import', 'chargeback') OR $with_imported
ORDER BY l.label_id
LIMIT $limit
