-- The riskiest undecided transactions; of equal scores the larger amount goes first.
-- $reach is the capacity and all labels: so many of the riskiest hold the line, whatever is decided among
-- them, and only these meet the labels and the transactions.
WITH near AS (
    SELECT * FROM ranking
    WHERE score >= (SELECT min(score) FROM (SELECT score FROM ranking ORDER BY score DESC LIMIT $reach))
),
undecided AS (
    SELECT * FROM near ANTI JOIN (
        SELECT transaction_id FROM current_label WHERE verdict <> 'withdrawn'
    ) USING (transaction_id)
)
SELECT
    u.transaction_id, u.position, u.score, u.severity,
    EXISTS (SELECT 1 FROM alert a WHERE a.transaction_id = u.transaction_id) AS is_alert
FROM undecided u
JOIN transactions t USING (position)
ORDER BY u.score DESC, abs(t.transaction_amount) DESC, u.position
LIMIT $capacity
