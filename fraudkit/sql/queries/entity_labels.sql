-- Every label that an entity's operations were given, newest first; :entity: is a declared column.
WITH own AS (
    SELECT transaction_id, ts_us, utc_offset_minutes, abs(transaction_amount) AS amount, currency
    FROM transactions WHERE :entity: = $identifier
)
SELECT l.*, own.ts_us, own.utc_offset_minutes, own.amount, own.currency
FROM label_event l JOIN own USING (transaction_id)
ORDER BY l.label_id DESC
