-- What a draw is made from: ranked below the line, come since the last draw, neither alert nor labelled.
SELECT r.position, r.transaction_id, r.score, r.severity
FROM ranking r
ANTI JOIN alert a ON a.transaction_id = r.transaction_id
ANTI JOIN label_event l ON l.transaction_id = r.transaction_id
WHERE r.position > $after AND r.position <= $until
