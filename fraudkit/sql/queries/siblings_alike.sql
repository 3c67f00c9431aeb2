-- Alerts of other cases that stand out by the same two strongest reasons as one of the case.
WITH pattern AS (
    SELECT DISTINCT list_sort(r.reasons[1:2]) AS pair
    FROM alert_rank r
    JOIN alert_state s USING (alert_id)
    JOIN alert a USING (alert_id)
    WHERE s.case_id = $case_id AND list_contains($own::BIGINT[], a.position) AND len(r.reasons) > 1
)
SELECT array_to_string(p.pair, ',') AS value, a.position
FROM alert_rank r
JOIN pattern p ON p.pair = list_sort(r.reasons[1:2])
JOIN alert a USING (alert_id)
JOIN alert_state s USING (alert_id)
WHERE s.case_id <> $case_id
