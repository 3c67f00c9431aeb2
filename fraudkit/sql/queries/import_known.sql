-- Arriving rows whose identifier is known, with the row that they are compared with: the one that was there
-- before, else the first of the file.
CREATE OR REPLACE TEMP TABLE known_row AS
WITH earlier AS (
    SELECT arriving.position, known.position AS known_position
    FROM transactions AS arriving
    JOIN transactions AS known ON known.transaction_id = arriving.transaction_id
    WHERE arriving.position > $last AND known.position <= $last
),
within AS (
    SELECT
        position,
        first_value(position) OVER (PARTITION BY transaction_id ORDER BY source_row) AS known_position
    FROM transactions
    WHERE
        position > $last
        AND has_identifier
        AND transaction_id IN (SELECT transaction_id FROM repeated_key)
)
SELECT position, known_position FROM earlier
UNION ALL
SELECT position, known_position
FROM within
WHERE position <> known_position AND position NOT IN (SELECT position FROM earlier)
