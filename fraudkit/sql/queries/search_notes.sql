-- Standing notes that hold what was typed, in their text or the name of their file; newest first.
SELECT n.*, count(*) OVER () AS total
FROM note_event n
ANTI JOIN note_event s ON s.strikes = n.note_id
WHERE n.kind = 'written' AND (contains(lower(n.body), $part) OR contains(lower(n.file_name), $part))
ORDER BY n.note_id DESC
LIMIT $limit
