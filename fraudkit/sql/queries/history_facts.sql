-- Facts about one transaction against the earlier ones of the same entity; :entity: is a declared column.
-- Money that comes in is compared with money that came in, as the features do.
WITH directed AS (
    SELECT *, CASE
        WHEN account_balance_after > account_balance_before THEN 'in'
        WHEN transaction_amount < 0 AND account_balance_after IS NULL THEN 'negative'
        ELSE 'out' END AS direction
    FROM transactions
),
subject AS (
    SELECT *, abs(transaction_amount)::DOUBLE AS magnitude,
        (ts_us // 60000000 + utc_offset_minutes) % 1440 AS minute_of_day
    FROM directed WHERE transaction_id = $transaction_id LIMIT 1
),
earlier AS (
    SELECT
        past.ts_us, abs(past.transaction_amount)::DOUBLE AS magnitude,
        past.currency IS NOT DISTINCT FROM subject.currency AS same_currency,
        subject.ts_us - past.ts_us AS age_us,
        past.merchant_id = subject.merchant_id OR past.merchant_name = subject.merchant_name
            OR past.terminal_id = subject.terminal_id AS same_merchant,
        past.counterparty_account = subject.counterparty_account AS same_counterparty,
        past.device_id = subject.device_id AS same_device,
        abs((past.ts_us // 60000000 + past.utc_offset_minutes) % 1440 - subject.minute_of_day) AS minutes_apart,
        past.time_precision <> 'date' AS knows_time
    FROM directed AS past, subject
    WHERE past.:entity: = subject.:entity: AND past.ts_us < subject.ts_us AND past.direction = subject.direction
),
counted AS (
    SELECT
        count(*) FILTER (age_us <= $history_us) AS payments,
        median(magnitude) FILTER (same_currency AND age_us <= $history_us) AS median_amount,
        max(magnitude) FILTER (same_currency AND age_us <= $history_us) AS largest_amount,
        count(*) FILTER (same_currency AND age_us <= $history_us AND magnitude < (SELECT magnitude FROM subject))
            AS smaller_payments,
        count(*) FILTER (same_currency AND age_us <= $history_us) AS comparable_payments,
        count(*) FILTER (age_us <= 3600000000) AS payments_last_hour,
        coalesce(sum(magnitude) FILTER (same_currency AND age_us <= 3600000000), 0) AS amount_last_hour,
        count(*) FILTER (age_us <= 86400000000) AS payments_last_day,
        coalesce(sum(magnitude) FILTER (same_currency AND age_us <= 86400000000), 0) AS amount_last_day,
        count(*) FILTER (same_merchant) AS same_merchant,
        count(*) FILTER (same_counterparty) AS same_counterparty,
        count(*) FILTER (same_device) AS same_device,
        count(*) FILTER (knows_time AND age_us <= $history_us AND least(minutes_apart, 1440 - minutes_apart) <= 120)
            AS near_hour,
        max(ts_us) AS previous_ts_us,
        min(ts_us) AS first_ts_us
    FROM earlier
)
SELECT
    subject.:entity: AS entity_id, subject.magnitude AS amount, subject.currency, subject.ts_us,
    subject.utc_offset_minutes, subject.time_precision <> 'date' AS knows_time_of_day,
    counted.* REPLACE (
        CASE WHEN coalesce(subject.merchant_id, subject.merchant_name, subject.terminal_id) IS NULL
            THEN NULL ELSE same_merchant END AS same_merchant,
        CASE WHEN subject.counterparty_account IS NULL THEN NULL ELSE same_counterparty END AS same_counterparty,
        CASE WHEN subject.device_id IS NULL THEN NULL ELSE same_device END AS same_device
    )
FROM subject, counted
