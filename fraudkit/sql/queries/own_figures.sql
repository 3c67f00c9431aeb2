-- The verdicts of one person since a moment, and how many of them somebody else has changed.
WITH own AS (
    SELECT label_id, transaction_id, verdict, seconds_on_case, case_id, case_version
    FROM label_event
    WHERE actor = $actor AND created_at >= $since AND source IN ('analyst', 'supervisor', 'quality')
        AND verdict IN ('fraud', 'genuine', 'undetermined')
),
next_label AS (
    SELECT o.label_id, n.actor, n.verdict
    FROM own o
    JOIN label_event n ON n.transaction_id = o.transaction_id AND n.label_id > o.label_id
    QUALIFY row_number() OVER (PARTITION BY o.label_id ORDER BY n.label_id) = 1
)
SELECT
    count(*)::INTEGER AS decided,
    count(*) FILTER (WHERE n.actor <> $actor AND n.verdict <> o.verdict)::INTEGER AS reversed_by_others,
    median(o.seconds_on_case) AS median_seconds,
    count(o.seconds_on_case)::INTEGER AS timed
FROM own o
LEFT JOIN next_label n USING (label_id)
