-- Facts of siblings: the transaction, where it ranks, its case, the verdict that stands.
-- An alert's verdict is its projection, which a contradicted verdict leaves open; the others have the ledger's.
WITH wanted AS (SELECT unnest($positions::BIGINT[]) AS position),
found AS (
    SELECT t.* FROM transactions t JOIN wanted USING (position)
    WHERE t.position BETWEEN $first AND $last
),
label AS (
    SELECT transaction_id, verdict, actor FROM label_event
    WHERE transaction_id IN (SELECT transaction_id FROM found)
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1
),
raised AS (
    SELECT a.position, s.alert_id, s.case_id, s.verdict FROM alert a JOIN alert_state s USING (alert_id)
    WHERE a.position IN (SELECT position FROM wanted)
)
SELECT
    t.position, t.transaction_id, t.ts_us, t.utc_offset_minutes, t.transaction_amount AS amount, t.currency,
    abs(t.transaction_amount)::DOUBLE
        * ($factors::DOUBLE[])[list_position($currencies::VARCHAR[], coalesce(t.currency, $base_currency))]
        AS base_amount,
    coalesce(t.merchant_name, t.merchant_id, t.counterparty_account, t.terminal_id) AS partner,
    CASE
        WHEN t.customer_id IS NOT NULL THEN 'customer'
        WHEN t.account_id IS NOT NULL THEN 'account'
        WHEN t.card_id IS NOT NULL THEN 'card'
        WHEN t.terminal_id IS NOT NULL THEN 'terminal'
        ELSE 'transaction'
    END AS entity_kind,
    coalesce(t.customer_id, t.account_id, t.card_id, t.terminal_id, t.transaction_id) AS entity_id,
    r.severity, a.alert_id, a.case_id, c.version, c.status, c.assignee,
    CASE WHEN a.alert_id IS NOT NULL THEN a.verdict ELSE nullif(l.verdict, 'withdrawn') END AS verdict,
    l.actor AS decided_by
FROM found t
LEFT JOIN raised a USING (position)
LEFT JOIN case_state c ON c.case_id = a.case_id
LEFT JOIN label l ON l.transaction_id = t.transaction_id
LEFT JOIN ranking r ON r.position = t.position AND r.position BETWEEN $first AND $last
ORDER BY t.ts_us, t.position
