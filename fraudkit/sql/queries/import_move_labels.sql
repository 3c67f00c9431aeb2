-- A row that only repeats a known one may still bring its label; a conflicting row brings nothing.
CREATE OR REPLACE TEMP TABLE pending_label AS
SELECT DISTINCT coalesce(known_row.known_position, pending_label.position) AS position
FROM pending_label
LEFT JOIN known_row ON known_row.position = pending_label.position
LEFT JOIN compared_row ON compared_row.position = pending_label.position
WHERE compared_row.column_name IS NULL
