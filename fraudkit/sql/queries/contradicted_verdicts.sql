-- Alerts whose verdict a late fraud label of a batch contradicts.
SELECT s.alert_id, s.case_id, s.transaction_id, s.verdict
FROM label_event l
JOIN alert_state s USING (transaction_id)
WHERE l.batch_id = ? AND l.source = 'import' AND l.verdict = 'fraud' AND s.verdict IN ('genuine', 'undetermined')
ORDER BY s.case_id, s.alert_id
