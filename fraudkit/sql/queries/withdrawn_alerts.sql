-- The open alerts of a batch, with their cases.
SELECT a.alert_id, a.transaction_id, a.case_id
FROM alert a
JOIN alert_state s USING (alert_id)
JOIN transactions t ON t.transaction_id = a.transaction_id
WHERE t.batch_id = ? AND s.verdict IS NULL
ORDER BY a.case_id, a.alert_id
