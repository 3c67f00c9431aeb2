-- Every transaction by its two strongest reasons; the packed bytes are compared in either order.
WITH pair AS (
    SELECT
        run_id,
        greatest(packed & 255, (packed >> 8) & 255) AS upper_place,
        least(packed & 255, (packed >> 8) & 255) AS lower_place
    FROM transaction_reason
),
counted AS (
    SELECT run_id, upper_place, lower_place, count(*) AS transactions FROM pair GROUP BY ALL
)
SELECT
    list_sort(list_filter(
        [run.features[lower_place], run.features[upper_place]], lambda name: name IS NOT NULL)) AS features,
    sum(transactions)::BIGINT AS transactions
FROM counted
JOIN reason_run run USING (run_id)
GROUP BY 1
ORDER BY transactions DESC
