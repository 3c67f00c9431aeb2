-- The cases with this number, or of an entity whose identifier holds what was typed.
SELECT s.*, count(*) OVER () AS total
FROM case_state s
WHERE s.case_id = $number OR contains(lower(s.entity_id), $part)
ORDER BY s.case_id = $number DESC NULLS LAST, s.closed_at IS NULL DESC, s.changed_at DESC, s.case_id
LIMIT $limit
