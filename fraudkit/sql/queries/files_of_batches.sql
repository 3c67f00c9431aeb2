-- The files of some batches with their digests.
SELECT batch_id, file_name, file_sha256 AS sha256, file_bytes, rows_read, rows_loaded, rows_rejected, rows_duplicate,
    imported_at, actor
FROM batch WHERE list_contains(?, batch_id) ORDER BY batch_id
