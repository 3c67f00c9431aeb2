-- Closed cases that nobody has read a second time and that this person has never touched, oldest first.
SELECT c.case_id
FROM case_state c
WHERE c.status = 'closed' AND c.closed_at >= $since AND c.verdict IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM case_event e
        WHERE e.case_id = c.case_id AND e.actor = $actor AND e.kind NOT IN ('opened', 'alert_raised')
    )
    AND NOT EXISTS (
        SELECT 1 FROM quality_event q WHERE q.case_id = c.case_id AND q.kind IN ('served', 'second')
    )
ORDER BY c.closed_at, c.case_id
