-- How many transactions lie in each of $bins equal steps of the score, and where the steps begin.
WITH bounds AS (SELECT min(score) AS lowest, max(score) AS highest FROM ranking),
placed AS (
    SELECT least(floor((score - lowest) / nullif(highest - lowest, 0) * $bins), $bins - 1) AS step
    FROM ranking, bounds
)
SELECT step::INTEGER AS step, count(*) AS count, lowest, highest
FROM placed, bounds WHERE step IS NOT NULL
GROUP BY step, lowest, highest ORDER BY step
