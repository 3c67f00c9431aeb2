-- Positions of arriving rows that the file calls fraud.
CREATE TEMP TABLE IF NOT EXISTS pending_label (position BIGINT)
