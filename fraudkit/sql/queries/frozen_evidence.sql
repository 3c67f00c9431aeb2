-- What the screen showed when a verdict was given.
SELECT
    run.model_id, run.ledger_position, run.line_score, r.score, r.severity, r.features, r.reasons,
    t.position, t.batch_id, t.source_row
FROM alert a
JOIN alert_rank r USING (alert_id)
LEFT JOIN transactions t USING (position)
LEFT JOIN (SELECT * FROM ranking_run ORDER BY ranked_at DESC LIMIT 1) run ON true
WHERE a.alert_id = ?
