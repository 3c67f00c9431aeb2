-- Alerts with a verdict that stands, as the model sees them, but for those of one case.
SELECT
    a.transaction_id, a.case_id, a.ts_us, a.utc_offset_minutes, a.transaction_amount::DOUBLE AS amount, a.currency,
    a.transaction_type, a.channel, a.merchant, c.entity_kind, c.entity_id,
    l.verdict, l.certainty, coalesce(l.fraud_type, l.reason) AS reason, l.created_at, l.actor, r.features
FROM alert a
JOIN alert_rank r USING (alert_id)
JOIN current_label l ON l.transaction_id = a.transaction_id
JOIN case_state c ON c.case_id = a.case_id
WHERE l.verdict IN ('fraud', 'genuine') AND a.case_id <> $case_id
ORDER BY a.transaction_id
