-- One row per case: the case, and the alert that leads it (undecided first, then the riskiest).
-- A currency without a rate counts as one row but adds no money.
WITH lead_alert AS (
    SELECT
        a.case_id, a.alert_id, a.transaction_id, a.position, a.ts_us, a.utc_offset_minutes,
        a.transaction_amount, a.currency, a.transaction_type, a.channel, a.merchant,
        r.score, r.severity, r.reasons
    FROM alert a
    JOIN alert_rank r USING (alert_id)
    JOIN alert_state s USING (alert_id)
    QUALIFY row_number() OVER (
        PARTITION BY a.case_id
        ORDER BY (s.verdict IS NULL) DESC, r.score DESC, abs(a.transaction_amount) DESC, a.alert_id
    ) = 1
),
money AS (
    SELECT a.case_id, sum(abs(a.transaction_amount)::DOUBLE * rate.factor) AS open_amount
    FROM alert a
    JOIN alert_state s USING (alert_id)
    JOIN (SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS factor) rate
        ON rate.currency = coalesce(a.currency, $base_currency)
    WHERE s.verdict IS NULL
    GROUP BY a.case_id
)
SELECT
    c.case_id, c.version, c.status, c.entity_kind, c.entity_id, c.priority, c.assignee, c.verdict,
    c.opened_at, c.alerts, c.undecided,
    l.transaction_id, l.ts_us, l.utc_offset_minutes, l.transaction_amount AS amount, l.currency,
    l.transaction_type, l.channel, l.merchant, l.score, l.severity, l.reasons,
    coalesce(m.open_amount, 0) AS open_amount,
    count(*) OVER () AS total_cases,
    sum(c.undecided) OVER () AS total_alerts,
    sum(coalesce(m.open_amount, 0)) OVER () AS total_amount
FROM case_state c
JOIN lead_alert l USING (case_id)
LEFT JOIN money m USING (case_id)
WHERE c.status IN (SELECT unnest($statuses::VARCHAR[]))
    AND ($search IS NULL OR contains(
        lower(concat_ws(' ', c.entity_id, l.transaction_id, l.merchant, c.case_id)), lower($search)))
    AND ($channel IS NULL OR l.channel = $channel)
    AND ($transaction_type IS NULL OR l.transaction_type = $transaction_type)
    AND ($minimum_amount IS NULL OR abs(l.transaction_amount) >= $minimum_amount)
    AND ($reason IS NULL OR list_contains(l.reasons, $reason))
    AND ($together::VARCHAR[] IS NULL OR c.case_id IN (
        SELECT a.case_id
        FROM alert a JOIN alert_rank r USING (alert_id) JOIN alert_state s USING (alert_id)
        WHERE s.verdict IS NULL AND list_sort(r.reasons[1:2]) = $together::VARCHAR[]
    ))
    AND ($priority IS NULL OR c.priority = $priority)
