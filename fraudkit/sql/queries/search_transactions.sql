-- The newest transactions that fit what was typed, the one with exactly this identifier first, with case and label.
WITH found AS (
    SELECT position, transaction_id, ts_us, utc_offset_minutes, transaction_amount AS amount, currency,
        coalesce(merchant_name, merchant_id, counterparty_account, terminal_id) AS partner, transaction_type, channel,
        customer_id, account_id, card_id, transaction_id = $text AS is_exact
    FROM transactions
    WHERE starts_with(transaction_id, $text)
        OR $has_letters AND starts_with(lower(transaction_id), $lower)
        OR contains(lower(coalesce(merchant_name, merchant_id)), $part)
        OR abs(transaction_amount) BETWEEN $least::DECIMAL(18,2) AND $most::DECIMAL(18,2)
    ORDER BY is_exact DESC, ts_us DESC, position DESC
    LIMIT $limit
)
SELECT found.*, a.case_id, l.verdict
FROM found
LEFT JOIN (
    SELECT transaction_id, max(case_id) AS case_id FROM alert SEMI JOIN found USING (transaction_id) GROUP BY ALL
) a USING (transaction_id)
LEFT JOIN (
    SELECT transaction_id, arg_max(verdict, label_id) AS verdict FROM label_event SEMI JOIN found USING (transaction_id)
    GROUP BY ALL
) l USING (transaction_id)
ORDER BY is_exact DESC, ts_us DESC, position DESC
