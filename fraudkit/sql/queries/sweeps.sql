-- The last sweeps: what each decided, and whether it stands, waits for approval or was taken back.
SELECT
    s.sweep_id, s.case_id, s.actor, s.happened_at,
    s.payload ->> 'verdict' AS verdict,
    (s.payload ->> 'cases')::INTEGER AS cases,
    json_array_length(s.payload -> 'transactions')::INTEGER AS transactions,
    CASE
        WHEN u.sweep_id IS NOT NULL THEN 'undone'
        WHEN (s.payload ->> 'waiting')::INTEGER > 0
            AND NOT EXISTS (SELECT 1 FROM label_event l WHERE l.sweep_id = s.sweep_id) THEN 'waits'
        ELSE 'stands'
    END AS state
FROM sweep_event s
LEFT JOIN (SELECT DISTINCT sweep_id FROM sweep_event WHERE kind = 'undone') u USING (sweep_id)
WHERE s.kind = 'swept'
ORDER BY s.happened_at DESC
LIMIT ?
