-- One transaction with the file that it came from and where the last ranking placed it.
SELECT
    transactions.*, batch.file_name, ranking.severity, ranking.score,
    CASE WHEN ranking.score IS NOT NULL
        THEN (SELECT count(*) + 1 FROM ranking AS higher WHERE higher.score > ranking.score) END AS place,
    (SELECT count(*) FROM ranking) AS ranked
FROM transactions
LEFT JOIN batch USING (batch_id)
LEFT JOIN ranking USING (position)
WHERE transactions.transaction_id = $transaction_id
LIMIT 1
