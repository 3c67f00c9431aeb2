-- One transaction with the file that it came from and where the last ranking placed it; :table: holds it.
SELECT
    t.*, batch.file_name, batch.imported_at, batch.actor AS imported_by, ranking.severity, ranking.score,
    CASE WHEN ranking.score IS NOT NULL
        THEN (SELECT count(*) + 1 FROM ranking AS higher WHERE higher.score > ranking.score) END AS place,
    (SELECT count(*) FROM ranking) AS ranked
FROM :table: t
LEFT JOIN batch USING (batch_id)
LEFT JOIN ranking USING (position)
WHERE t.position = $position AND t.transaction_id = $transaction_id
LIMIT 1
