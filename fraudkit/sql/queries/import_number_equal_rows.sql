-- Equal rows without an identifier are separate transactions: the second occurrence in the file ends in -2.
UPDATE transactions
SET transaction_id = numbered.transaction_id
FROM (
    SELECT
        position,
        left(transaction_id, 33) || '-'
        || CAST(row_number() OVER (PARTITION BY transaction_id ORDER BY source_row) AS VARCHAR) AS transaction_id
    FROM transactions
    WHERE
        position > ?
        AND NOT has_identifier
        AND transaction_id IN (SELECT transaction_id FROM repeated_key)
) AS numbered
WHERE transactions.position = numbered.position
