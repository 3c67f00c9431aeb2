INSERT INTO alert BY NAME
SELECT
    c.transaction_id,
    c.position,
    c.case_id,
    ? AS origin,
    ? AS model_id,
    c.score,
    c.severity,
    ? AS raised_at,
    t.ts_us,
    t.utc_offset_minutes,
    t.transaction_amount,
    t.currency,
    t.transaction_type,
    t.channel,
    coalesce(t.merchant_name, t.merchant_id, t.counterparty_account, t.terminal_id) AS merchant
FROM candidate c
JOIN transactions t USING (position)
ORDER BY c.place
RETURNING alert_id
