-- Who closed a case, and with which verdict.
SELECT c.verdict, e.actor FROM case_state c
JOIN case_event e USING (case_id)
WHERE c.case_id = ? AND e.kind IN ('decided', 'submitted')
ORDER BY e.version DESC
LIMIT 1
