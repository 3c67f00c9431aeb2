-- What was decided in some cases: verdict of the case, and the money of its alerts with that verdict in base
-- currency; a currency without a rate adds none.
SELECT
    c.case_id, c.verdict,
    coalesce(sum(abs(a.transaction_amount)::DOUBLE * rate.factor) FILTER (WHERE s.verdict = c.verdict), 0) AS amount
FROM case_state c
JOIN alert a USING (case_id)
JOIN alert_state s USING (alert_id)
LEFT JOIN (SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS factor) rate
    ON rate.currency = coalesce(a.currency, $base_currency)
WHERE c.verdict IS NOT NULL AND c.case_id IN (SELECT unnest($cases::BIGINT[]))
GROUP BY c.case_id, c.verdict
ORDER BY c.case_id
