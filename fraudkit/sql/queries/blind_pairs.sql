-- Cases that were read twice; settled when a lead said so, or when the case got another verdict since.
SELECT
    q.case_id,
    coalesce(q.payload ->> 'first_by', '') AS first_by,
    coalesce(q.payload ->> 'first', 'undetermined') AS "first",
    q.actor AS second_by,
    q.payload ->> 'verdict' AS "second",
    q.payload ->> 'reason' AS second_reason,
    q.happened_at AS read_at,
    EXISTS (SELECT 1 FROM quality_event s
        WHERE s.kind = 'settled' AND s.case_id = q.case_id AND s.event_id > q.event_id)
        OR EXISTS (SELECT 1 FROM case_event e WHERE e.case_id = q.case_id
            AND e.version > (q.payload ->> 'version')::INTEGER
            AND e.kind IN ('decided', 'submitted', 'undone', 'reopened')) AS is_settled
FROM quality_event q
WHERE q.kind = 'second' AND NOT EXISTS (
    SELECT 1 FROM quality_event w
    WHERE w.kind = 'second_withdrawn' AND w.case_id = q.case_id AND w.actor = q.actor
        AND w.event_id > q.event_id
)
ORDER BY q.event_id DESC
