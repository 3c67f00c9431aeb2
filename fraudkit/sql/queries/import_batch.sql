INSERT INTO batch (
    batch_id, file_name, file_sha256, file_format, file_bytes, layout, notes, rows_read, rows_loaded,
    rows_rejected, rows_duplicate, is_sample, actor, role, imported_at
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING *
