-- Open alerts by their two strongest reasons, whichever of the two is the stronger.
SELECT
    list_sort(r.reasons[1:2]) AS features,
    count(*) AS alerts,
    count(DISTINCT a.case_id) AS cases,
    coalesce(sum(abs(a.transaction_amount)::DOUBLE * rate.factor), 0) AS open_amount,
    max(r.severity) AS severity
FROM alert a
JOIN alert_rank r USING (alert_id)
JOIN alert_state s USING (alert_id)
LEFT JOIN (SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS factor) rate
    ON rate.currency = coalesce(a.currency, $base_currency)
WHERE s.verdict IS NULL AND len(r.reasons) > 0
GROUP BY 1
ORDER BY alerts DESC, open_amount DESC
