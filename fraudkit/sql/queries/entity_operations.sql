-- One page of an entity's operations, newest first, with case, verdict and severity; :entity: is a declared column.
WITH chosen AS (
    SELECT position, transaction_id, ts_us, utc_offset_minutes, transaction_amount AS amount, currency,
        coalesce(merchant_name, merchant_id, counterparty_account, terminal_id) AS partner, transaction_type, channel,
        customer_id, account_id, card_id, terminal_id, device_id, counterparty_account
    FROM transactions WHERE :entity: = $identifier
    ORDER BY ts_us DESC, position DESC
    LIMIT $limit OFFSET $offset
)
SELECT chosen.*, a.case_id, l.verdict, r.severity
FROM chosen
LEFT JOIN (
    SELECT transaction_id, max(case_id) AS case_id FROM alert SEMI JOIN chosen USING (transaction_id) GROUP BY ALL
) a USING (transaction_id)
LEFT JOIN (
    SELECT transaction_id, arg_max(verdict, label_id) AS verdict FROM label_event SEMI JOIN chosen USING (transaction_id)
    GROUP BY ALL
) l USING (transaction_id)
LEFT JOIN (SELECT position, severity FROM ranking SEMI JOIN chosen USING (position)) r USING (position)
ORDER BY ts_us DESC, position DESC
