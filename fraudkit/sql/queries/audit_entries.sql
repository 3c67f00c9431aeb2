-- Entries of the audit chain, newest first, with the case that each speaks of; a missing condition leaves all.
WITH entries AS (
    SELECT *, split_part(subject, '/', 1) AS named, try_cast(split_part(subject, '/', 2) AS BIGINT) AS number
    FROM audit_entry
    WHERE ($actor IS NULL OR actor = $actor)
        AND ($area IS NULL OR action = $area OR starts_with(action, $area || '.'))
        AND ($since IS NULL OR happened_at >= $since)
        AND ($until IS NULL OR happened_at < $until)
),
known AS (
    SELECT e.*, coalesce(c.case_id, l.case_id, n.case_id, x.case_id) AS case_id
    FROM entries e
    LEFT JOIN case_event c ON e.named = 'case_event' AND c.event_id = e.number
    LEFT JOIN label_event l ON e.named = 'label_event' AND l.label_id = e.number
    LEFT JOIN note_event n ON e.named = 'note_event' AND n.note_id = e.number
    LEFT JOIN export_event x ON e.named = 'export_event' AND x.export_id = e.number
)
SELECT entry_id, happened_at, actor, role, action, subject, case_id, content_digest, previous_hash, hash,
    count(*) OVER () AS total
FROM known
WHERE $case_id IS NULL OR case_id = $case_id
ORDER BY entry_id DESC
LIMIT $limit OFFSET $offset
