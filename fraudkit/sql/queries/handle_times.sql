-- Seconds from taking a case up to its verdict by the same person, nothing in between; what the screen measured
-- goes before what the events say.
WITH step AS (
    SELECT
        case_id, version, kind, actor, happened_at,
        lag(kind) OVER course AS before_kind,
        lag(actor) OVER course AS before_actor,
        lag(happened_at) OVER course AS before_at
    FROM case_event
    WHERE kind NOT IN ('opened', 'alert_raised', 'alert_withdrawn', 'renewed', 'prioritised')
    WINDOW course AS (PARTITION BY case_id ORDER BY version)
),
measured AS (
    SELECT case_id, case_version AS version, max(seconds_on_case) AS seconds
    FROM label_event
    WHERE seconds_on_case IS NOT NULL AND created_at >= $since
    GROUP BY case_id, case_version
)
SELECT median(seconds) AS median_seconds, count(*) AS cases
FROM (
    SELECT
        coalesce(
            m.seconds,
            CASE WHEN s.before_kind = 'claimed' AND s.before_actor = s.actor
                THEN (s.happened_at - s.before_at) / 1e6 END
        ) AS seconds
    FROM step s
    LEFT JOIN measured m USING (case_id, version)
    WHERE s.kind IN ('decided', 'submitted') AND s.happened_at >= $since
        AND ($who::VARCHAR IS NULL OR s.actor = $who)
)
WHERE seconds IS NOT NULL
