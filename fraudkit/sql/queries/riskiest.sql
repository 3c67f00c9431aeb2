-- The riskiest undecided transactions: alerts by what the model says now, the others by the last ranking.
SELECT
    g.transaction_id,
    coalesce(r.score, g.score) AS score,
    coalesce(r.severity, g.severity) AS severity,
    t.transaction_amount AS amount,
    t.currency,
    r.reasons
FROM ranking g
JOIN transactions t USING (position)
LEFT JOIN alert_state s ON s.transaction_id = g.transaction_id
LEFT JOIN alert_rank r USING (alert_id)
WHERE s.verdict IS NULL
ORDER BY score DESC, abs(t.transaction_amount) DESC, g.position
LIMIT ?
