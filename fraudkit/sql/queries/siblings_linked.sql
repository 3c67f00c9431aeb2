-- Transactions that share a value with one of the subjects, near it in time; :column: is a declared column.
-- Of the subjects' own customers (accounts, cards) only what came with the case counts: before it, the same
-- device or receiver is their habit.
WITH subject AS (
    SELECT unnest($values::VARCHAR[]) AS value, unnest($moments::BIGINT[]) AS ts_us
)
SELECT DISTINCT t.:column: AS value, t.position
FROM transactions t
JOIN subject s ON t.:column: = s.value AND t.ts_us BETWEEN s.ts_us - $reach AND s.ts_us + $reach
WHERE t.ts_us BETWEEN $earliest AND $latest
    AND NOT list_contains($own::BIGINT[], t.position)
    AND (t.ts_us >= $habit_until OR NOT list_contains(
        $entities::VARCHAR[], coalesce(t.customer_id, t.account_id, t.card_id, t.transaction_id)))
