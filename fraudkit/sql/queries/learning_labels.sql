-- What the forest learns from: the last verdict of the bank's own people, with the features of its alert.
WITH verdicts AS (
    SELECT transaction_id, verdict, certainty
    FROM label_event
    SEMI JOIN transactions USING (transaction_id)
    WHERE source IN ('analyst', 'supervisor', 'quality')
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1
)
SELECT v.transaction_id, v.verdict, v.certainty, any_value(r.features) AS features
FROM verdicts v
LEFT JOIN alert a USING (transaction_id)
LEFT JOIN alert_rank r USING (alert_id)
WHERE v.verdict IN ('fraud', 'genuine')
GROUP BY v.transaction_id, v.verdict, v.certainty
ORDER BY v.transaction_id
