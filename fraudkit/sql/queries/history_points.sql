-- The entity's transactions nearest in time to one of them; :entity: is a declared column.
WITH subject AS (
    SELECT :entity: AS entity_id, ts_us FROM transactions WHERE transaction_id = $transaction_id LIMIT 1
)
SELECT
    past.transaction_id, past.ts_us, past.utc_offset_minutes, abs(past.transaction_amount)::DOUBLE AS amount,
    past.currency, coalesce(past.merchant_name, past.merchant_id, past.counterparty_account, past.terminal_id) AS partner,
    past.channel, past.transaction_type
FROM transactions AS past, subject
WHERE past.:entity: = subject.entity_id
    AND past.ts_us BETWEEN subject.ts_us - $before_us AND subject.ts_us + $after_us
ORDER BY abs(past.ts_us - subject.ts_us), past.position
LIMIT $most
