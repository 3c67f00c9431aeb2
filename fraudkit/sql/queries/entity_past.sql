-- The entity's transactions nearest in time to one moment; :entity: is a declared column.
SELECT
    t.position, t.transaction_id, t.ts_us, t.utc_offset_minutes, t.time_precision,
    abs(t.transaction_amount)::DOUBLE AS amount,
    abs(t.transaction_amount)::DOUBLE
        * ($factors::DOUBLE[])[list_position($currencies::VARCHAR[], coalesce(t.currency, $base_currency))] AS base,
    CASE
        WHEN t.account_balance_after > t.account_balance_before THEN 1
        WHEN t.transaction_amount < 0 AND t.account_balance_after IS NULL THEN 2
        ELSE 0
    END AS direction,
    t.currency, t.transaction_type, t.channel, t.merchant_id, t.merchant_name, t.merchant_mcc, t.merchant_location,
    t.terminal_id, t.counterparty_account, t.device_id, t.ip_address,
    coalesce(t.merchant_id, t.merchant_name, t.counterparty_account, t.terminal_id) AS payee,
    coalesce(t.merchant_name, t.merchant_id, t.counterparty_account, t.terminal_id) AS payee_name,
    coalesce(alerted.severity, ranking.severity) AS severity, alerted.severity IS NOT NULL AS is_alert,
    standing.verdict
FROM transactions t
LEFT JOIN ranking USING (position)
LEFT JOIN (
    SELECT a.transaction_id, max(r.severity) AS severity
    FROM alert a JOIN alert_rank r USING (alert_id)
    GROUP BY a.transaction_id
) alerted ON alerted.transaction_id = t.transaction_id
LEFT JOIN current_label standing ON standing.transaction_id = t.transaction_id AND standing.verdict <> 'withdrawn'
WHERE t.:entity: = $entity_id
ORDER BY abs(t.ts_us - $ts_us), t.position
LIMIT $most
