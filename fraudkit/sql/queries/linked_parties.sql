-- Who else used what some transactions used: one row per shared value and party; :kind: names a declared column.
-- A party is a customer, else an account, else a card.
SELECT
    ':kind:' AS kind, t.:kind: AS value, coalesce(t.customer_id, t.account_id, t.card_id) AS party,
    CASE WHEN t.customer_id IS NOT NULL THEN 'customer' WHEN t.account_id IS NOT NULL THEN 'account' ELSE 'card' END
        AS party_kind,
    count(*) AS operations,
    count(*) FILTER (standing.verdict = 'fraud') AS frauds,
    sum(abs(t.transaction_amount)::DOUBLE
        * ($factors::DOUBLE[])[list_position($currencies::VARCHAR[], coalesce(t.currency, $base_currency))]) AS amount,
    max(t.ts_us) AS last_ts_us,
    arg_max(t.utc_offset_minutes, t.ts_us) AS utc_offset_minutes
FROM transactions t
LEFT JOIN current_label standing ON standing.transaction_id = t.transaction_id
WHERE t.:kind: IN (SELECT unnest($values::VARCHAR[]))
    AND coalesce(t.customer_id, t.account_id, t.card_id) IS NOT NULL
GROUP BY ALL
