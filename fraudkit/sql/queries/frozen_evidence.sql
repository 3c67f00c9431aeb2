-- What the screen showed of some alerts when a verdict was given; rows of transactions are found by position.
WITH run AS (
    SELECT model_id, ledger_position, line_score, (report ->> 'fallback') IS NOT NULL AS is_fallback
    FROM ranking_run ORDER BY ranked_at DESC LIMIT 1
),
chosen AS (
    SELECT alert_id, position FROM alert WHERE alert_id IN (SELECT unnest($alert_ids::BIGINT[]))
),
source AS (
    SELECT position, batch_id, source_row
    FROM transactions
    WHERE position BETWEEN $first AND $last AND position IN (SELECT unnest($positions::BIGINT[]))
)
SELECT
    chosen.alert_id, run.model_id, run.ledger_position, run.line_score, run.is_fallback,
    r.score, r.severity, r.features, r.reasons,
    chosen.position, source.batch_id, source.source_row, batch.file_sha256
FROM chosen
JOIN alert_rank r USING (alert_id)
LEFT JOIN source USING (position)
LEFT JOIN batch USING (batch_id)
LEFT JOIN run ON true
