-- Identifiers that occur more than once among the rows after a position.
CREATE OR REPLACE TEMP TABLE repeated_key AS
SELECT transaction_id
FROM transactions
WHERE position > ?
GROUP BY transaction_id
HAVING count(*) > 1
