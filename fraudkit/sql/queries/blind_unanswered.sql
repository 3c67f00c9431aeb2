-- Cases that were served to a person for a second reading and have none of that person yet.
SELECT DISTINCT s.case_id
FROM quality_event s
JOIN case_state c ON c.case_id = s.case_id AND c.status = 'closed'
WHERE s.kind = 'served' AND s.actor = ? AND NOT EXISTS (
    SELECT 1 FROM quality_event d
    WHERE d.kind = 'second' AND d.case_id = s.case_id AND d.actor = ? AND NOT EXISTS (
        SELECT 1 FROM quality_event w
        WHERE w.kind = 'second_withdrawn' AND w.case_id = d.case_id AND w.actor = d.actor
            AND w.event_id > d.event_id
    )
)
ORDER BY s.case_id
