-- Operations of one entity by currency; :entity: is a declared column.
SELECT currency, count(*) AS operations, sum(abs(transaction_amount)) AS amount, min(ts_us) AS first_ts_us,
    max(ts_us) AS last_ts_us, any_value(utc_offset_minutes) AS utc_offset_minutes,
    max(abs(transaction_amount)) AS largest, median(abs(transaction_amount)) AS typical
FROM transactions WHERE :entity: = $identifier
GROUP BY currency ORDER BY operations DESC, currency
