-- The standing verdict of the bank's own people on some transactions.
SELECT transaction_id, case_id, verdict, actor, created_at
FROM label_event
WHERE source IN ('analyst', 'supervisor', 'quality') AND transaction_id IN (SELECT unnest(?::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1
