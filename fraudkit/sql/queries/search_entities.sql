-- Customers and others whose identifier holds what was typed; :entity: is a declared column.
WITH grouped AS (
    SELECT :entity: AS identifier, count(*) AS operations, min(ts_us) AS first_ts_us, max(ts_us) AS last_ts_us
    FROM transactions WHERE contains(lower(:entity:), $part) GROUP BY :entity:
)
SELECT *, count(*) OVER () AS total FROM grouped
ORDER BY lower(identifier) = $lower DESC, starts_with(lower(identifier), $lower) DESC, operations DESC, identifier
LIMIT $limit
