-- All open cases with the worth of their undecided alerts; a currency without a rate adds nothing.
SELECT c.*, coalesce(m.open_amount, 0) AS open_amount
FROM case_state c
LEFT JOIN (
    SELECT a.case_id, sum(abs(a.transaction_amount)::DOUBLE * rate.factor) AS open_amount
    FROM alert a
    JOIN alert_state s USING (alert_id)
    JOIN (SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS factor) rate
        ON rate.currency = coalesce(a.currency, $base_currency)
    WHERE s.verdict IS NULL
    GROUP BY a.case_id
) m USING (case_id)
WHERE c.status IN (SELECT unnest($statuses::VARCHAR[]))
ORDER BY c.opened_at, c.case_id
