-- Rows that were taken for known ones become transactions of their own: the values of the one that each repeats,
-- under the next free number of the same content.
INSERT INTO transactions BY NAME
WITH chosen AS (
    SELECT source_row, transaction_id, left(transaction_id, 33) AS content
    FROM repeated_row
    WHERE batch_id = $of_batch AND source_row IN (SELECT unnest($source_rows::BIGINT[])) AND NOT has_identifier
),
taken AS (
    SELECT left(transaction_id, 33) AS content, max(CAST(substr(transaction_id, 35) AS BIGINT)) AS number
    FROM (
        SELECT transaction_id FROM transactions WHERE NOT has_identifier
        UNION ALL
        SELECT transaction_id FROM withdrawn_transaction WHERE NOT has_identifier
    )
    WHERE left(transaction_id, 33) IN (SELECT content FROM chosen)
    GROUP BY content
)
SELECT
    known.* REPLACE (
        $last + row_number() OVER (ORDER BY chosen.source_row) AS position,
        CAST($batch_id AS INTEGER) AS batch_id,
        chosen.source_row AS source_row,
        chosen.content || '-' || CAST(
            taken.number + row_number() OVER (PARTITION BY chosen.content ORDER BY chosen.source_row) AS VARCHAR
        ) AS transaction_id
    )
FROM chosen
JOIN taken USING (content)
JOIN transactions AS known ON known.transaction_id = chosen.transaction_id
