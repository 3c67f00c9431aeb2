-- Positions of arriving rows that the file calls fraud.
CREATE OR REPLACE TEMP TABLE pending_label (position BIGINT)
