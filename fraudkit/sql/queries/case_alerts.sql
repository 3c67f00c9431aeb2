-- The alerts of one case with what the model says now and the verdict that stands.
SELECT
    a.alert_id, a.transaction_id, a.position, a.origin, a.raised_at, a.ts_us, a.utc_offset_minutes,
    a.transaction_amount AS amount, a.currency, a.transaction_type, a.channel, a.merchant,
    r.score, r.severity, r.reasons, s.verdict, s.label_id
FROM alert a
JOIN alert_rank r USING (alert_id)
JOIN alert_state s USING (alert_id)
WHERE a.case_id = ?
ORDER BY (s.verdict IS NULL) DESC, r.score DESC, abs(a.transaction_amount) DESC, a.alert_id
