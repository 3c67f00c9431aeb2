-- One row per case as it stands at $now, led by one alert (undecided first, then the riskiest).
-- `place` is its place in the order of work: who woke or was returned, then what can be worked, then what waits
-- for somebody else; within these by expected loss, and by score and amount while nothing is calibrated. A case
-- whose money has no rate has no expected loss: it goes first, so that nobody overlooks it.
WITH rate AS (
    SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS factor
),
band AS (
    SELECT unnest($band_lowest::DOUBLE[]) AS lowest, unnest($band_probability::DOUBLE[]) AS probability
),
held AS (
    SELECT *,
        status = 'in_review' AND coalesce(lease_until, 0) <= $now AS has_lapsed,
        status = 'waiting' AND coalesce(waiting_until, 0) <= $now AS has_woken
    FROM case_state
),
seen AS (
    SELECT
        case_id, version, entity_kind, entity_id, priority, verdict, opened_at, closed_at, due_at, alerts,
        undecided, returned_by, maker,
        CASE WHEN has_lapsed OR has_woken THEN 'new' ELSE status END AS status,
        CASE WHEN has_lapsed THEN NULL ELSE assignee END AS assignee,
        CASE WHEN has_woken THEN waiting_until ELSE woken_at END AS woken_at,
        CASE WHEN has_woken THEN NULL ELSE waiting_until END AS waiting_until
    FROM held
),
standing_case AS (
    SELECT *,
        CASE
            WHEN status = 'new' AND coalesce(woken_at::VARCHAR, returned_by) IS NOT NULL THEN 0
            WHEN status IN ('new', 'in_review') THEN 1
            WHEN status IN (SELECT unnest($open::VARCHAR[])) THEN 2
            ELSE 3
        END AS standing,
        CASE
            WHEN status NOT IN (SELECT unnest($open::VARCHAR[])) THEN NULL
            WHEN $now > due_at THEN 'breached'
            WHEN due_at <= opened_at OR ($now - opened_at) / (due_at - opened_at) >= $due_soon THEN 'due_soon'
            WHEN ($now - opened_at) / (due_at - opened_at) >= $at_risk THEN 'at_risk'
            ELSE 'on_track'
        END AS service
    FROM seen
),
-- A drawn transaction from below the line is placed where its stand-in is, and shown with its own figures.
scored AS (
    SELECT r.*, coalesce(m.stands_at, r.score) AS place_score
    FROM alert_rank r
    JOIN alert_state s USING (alert_id)
    LEFT JOIN sample_member m ON m.transaction_id = s.transaction_id
),
alert_now AS (
    SELECT
        a.case_id, a.alert_id, a.transaction_id, a.position, a.ts_us, a.utc_offset_minutes,
        a.transaction_amount, a.currency, a.transaction_type, a.channel, a.merchant,
        r.score, r.severity, r.reasons, s.verdict IS NULL AS is_open,
        abs(a.transaction_amount)::DOUBLE * rate.factor AS money,
        band.probability, r.place_score, place_band.probability AS place_probability
    FROM alert a
    JOIN scored r USING (alert_id)
    JOIN alert_state s USING (alert_id)
    LEFT JOIN rate ON rate.currency = coalesce(a.currency, $base_currency)
    ASOF LEFT JOIN band ON r.score >= band.lowest
    ASOF LEFT JOIN band AS place_band ON r.place_score >= place_band.lowest
),
lead_alert AS (
    SELECT * FROM alert_now
    QUALIFY row_number() OVER (
        PARTITION BY case_id ORDER BY is_open DESC, score DESC, abs(transaction_amount) DESC, alert_id
    ) = 1
),
money AS (
    SELECT
        case_id,
        sum(money) AS open_amount,
        CASE WHEN bool_and(money IS NOT NULL) THEN sum(money * probability) END AS expected_loss,
        CASE WHEN bool_and(money IS NOT NULL) THEN sum(money * place_probability) END AS place_loss,
        bool_or(money IS NULL) AS is_unpriced
    FROM alert_now
    WHERE is_open
    GROUP BY case_id
),
placed AS (
    SELECT
        c.case_id, c.version, c.status, c.entity_kind, c.entity_id, c.priority, c.assignee, c.verdict,
        c.opened_at, c.closed_at, c.due_at, c.alerts, c.undecided, c.woken_at, c.returned_by, c.waiting_until,
        c.maker, c.standing, c.service,
        l.transaction_id, l.position, l.ts_us, l.utc_offset_minutes, l.transaction_amount AS amount,
        l.currency, l.transaction_type, l.channel, l.merchant, l.score, l.severity, l.reasons,
        coalesce(m.open_amount, 0) AS open_amount,
        m.expected_loss,
        coalesce(m.is_unpriced, false) AS is_unpriced,
        CASE WHEN c.standing < 3 THEN row_number() OVER (
            ORDER BY c.standing, m.place_loss DESC NULLS FIRST, l.place_score DESC, abs(l.transaction_amount) DESC,
                c.case_id
        ) END AS place
    FROM standing_case c
    JOIN lead_alert l USING (case_id)
    LEFT JOIN money m USING (case_id)
)
SELECT
    *,
    count(*) OVER () AS total_cases,
    sum(undecided) OVER () AS total_alerts,
    sum(open_amount) OVER () AS total_amount,
    sum(expected_loss) OVER () AS total_expected,
    count(*) FILTER (WHERE place > $line AND standing < 2) OVER () AS below_cases,
    sum(open_amount) FILTER (WHERE place > $line AND standing < 2) OVER () AS below_amount,
    sum(expected_loss) FILTER (WHERE place > $line AND standing < 2) OVER () AS below_expected
FROM placed
WHERE status IN (SELECT unnest($statuses::VARCHAR[]))
    AND ($search IS NULL OR contains(
        lower(concat_ws(' ', entity_id, transaction_id, merchant, case_id)), lower($search)))
    AND ($channel IS NULL OR channel = $channel)
    AND ($transaction_type IS NULL OR transaction_type = $transaction_type)
    AND ($minimum_amount IS NULL OR abs(amount) >= $minimum_amount)
    AND ($reason IS NULL OR list_contains(reasons, $reason))
    AND ($together::VARCHAR[] IS NULL OR case_id IN (
        SELECT a.case_id
        FROM alert a JOIN alert_rank r USING (alert_id) JOIN alert_state s USING (alert_id)
        WHERE s.verdict IS NULL AND list_sort(r.reasons[1:2]) = $together::VARCHAR[]
    ))
    AND ($priority IS NULL OR priority = $priority)
    AND ($assignee IS NULL OR assignee = $assignee)
    AND (NOT $unassigned OR assignee IS NULL)
    AND ($service IS NULL OR service = $service)
    AND ($named::BIGINT[] IS NULL OR case_id IN (SELECT unnest($named::BIGINT[])))
    AND ($server IS NULL OR (
        (status = 'new' AND coalesce(assignee, $server) = $server) OR (status = 'in_review' AND assignee = $server)))
