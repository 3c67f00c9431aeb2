-- The entries of the audit chain that speak of a case's events, labels and notes.
WITH spoken AS (
    SELECT 'case_event/' || event_id AS subject FROM case_event WHERE case_id = $case_id
    UNION ALL
    SELECT 'label_event/' || label_id FROM label_event WHERE case_id = $case_id
    UNION ALL
    SELECT 'note_event/' || unnest($notes::BIGINT[])
)
SELECT e.entry_id, e.happened_at, e.actor, e.role, e.action, e.subject, e.content_digest, e.previous_hash, e.hash
FROM audit_entry e SEMI JOIN spoken USING (subject)
ORDER BY e.entry_id
