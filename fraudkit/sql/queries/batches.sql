-- All batches, newest first, with what happened to them and what was noticed.
SELECT
    batch.*,
    withdrawn.happened_at AS withdrawn_at,
    withdrawn.actor AS withdrawn_by,
    correction.payload ->> 'batch_id' AS corrects,
    separation.payload ->> 'batch_id' AS separates,
    batch_report.report
FROM batch
LEFT JOIN batch_event AS withdrawn ON withdrawn.batch_id = batch.batch_id AND withdrawn.kind = 'withdrawn'
LEFT JOIN batch_event AS correction ON correction.batch_id = batch.batch_id AND correction.kind = 'corrects'
LEFT JOIN batch_event AS separation ON separation.batch_id = batch.batch_id AND separation.kind = 'separates'
LEFT JOIN batch_report ON batch_report.batch_id = batch.batch_id
ORDER BY batch.batch_id DESC
