-- What calibrates the scores: the verdict that stands on each transaction that the bank's own people decided, and
-- the score that stood on the screen when they first did, before the forest had learned from it.
WITH first_look AS (
    SELECT
        transaction_id, in_random_sample, inclusion_probability,
        CAST(evidence ->> 'score' AS DOUBLE) AS score,
        evidence ->> 'model_id' AS model_id,
        coalesce(CAST(evidence ->> 'is_fallback' AS BOOLEAN), false) AS is_fallback
    FROM label_event
    WHERE source IN ('analyst', 'supervisor', 'quality') AND (evidence ->> 'score') IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id) = 1
)
SELECT
    f.score,
    l.verdict = 'fraud' AS is_fraud,
    f.model_id = $model_id AS is_present_model,
    CASE WHEN f.in_random_sample THEN f.inclusion_probability END AS inclusion_probability
FROM first_look f
JOIN current_label l USING (transaction_id)
WHERE l.verdict IN ('fraud', 'genuine') AND NOT f.is_fallback
ORDER BY l.label_id
