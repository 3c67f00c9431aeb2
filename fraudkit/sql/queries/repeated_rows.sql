-- Rows of a batch that were known already and that nobody declared separate, each with the transaction that it
-- repeats.
SELECT
    repeated.source_row, repeated.transaction_id, repeated.has_identifier,
    known.batch_id AS known_batch, known.source_row AS known_row, batch.file_name AS known_file,
    known.ts_us, known.utc_offset_minutes, known.transaction_amount AS amount, known.currency,
    known.customer_id, coalesce(known.merchant_name, known.merchant_id) AS merchant
FROM repeated_row AS repeated
JOIN transactions AS known ON known.transaction_id = repeated.transaction_id
LEFT JOIN batch ON batch.batch_id = known.batch_id
WHERE repeated.batch_id = $batch_id AND NOT list_contains($separated::BIGINT[], repeated.source_row)
ORDER BY repeated.source_row
LIMIT $limit
