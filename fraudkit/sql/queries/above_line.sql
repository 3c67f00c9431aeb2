-- The riskiest undecided transactions; of equal scores the larger amount goes first.
SELECT
    r.transaction_id, r.position, r.score, r.severity,
    EXISTS (SELECT 1 FROM alert a WHERE a.transaction_id = r.transaction_id) AS is_alert
FROM ranking r
JOIN transactions t USING (position)
WHERE NOT EXISTS (
    SELECT 1 FROM current_label l WHERE l.transaction_id = r.transaction_id AND l.verdict <> 'withdrawn'
)
ORDER BY r.score DESC, abs(t.transaction_amount) DESC, r.position
LIMIT ?
