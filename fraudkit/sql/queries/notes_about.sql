-- The notes on any of some subjects, with who took them back.
WITH wanted AS (
    SELECT unnest($kinds::VARCHAR[]) AS subject_kind, unnest($identifiers::VARCHAR[]) AS subject_id
)
SELECT n.*, s.actor AS struck_by, s.happened_at AS struck_at
FROM note_event n
SEMI JOIN wanted USING (subject_kind, subject_id)
LEFT JOIN note_event s ON s.strikes = n.note_id
WHERE n.kind = 'written'
ORDER BY n.note_id
