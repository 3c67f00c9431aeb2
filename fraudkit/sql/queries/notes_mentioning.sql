-- Notes of others that mention somebody and still stand.
SELECT n.*
FROM note_event n
ANTI JOIN note_event s ON s.strikes = n.note_id
WHERE n.kind = 'written' AND n.happened_at >= $since AND n.actor <> $name
    AND list_contains(from_json(n.mentions, '["VARCHAR"]'), $name)
ORDER BY n.note_id DESC
LIMIT 200
