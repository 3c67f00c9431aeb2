-- What a person did with a layout; NULL is a confirmation from before there was anything else.
ALTER TABLE layout_event ADD COLUMN kind VARCHAR;    -- confirmed, renamed, forgotten

-- Rows of a batch that were known already: not loaded, but a person may declare them separate.
CREATE TABLE repeated_row (
    batch_id INTEGER NOT NULL,
    source_row BIGINT NOT NULL,              -- line in the file of the batch
    transaction_id VARCHAR NOT NULL,         -- whose values it repeats
    has_identifier BOOLEAN NOT NULL          -- the same identifier is the same transaction for good
);

-- What features read in place of a missing value: the median of the batch, where that was declared.
CREATE TABLE batch_fill (
    batch_id INTEGER NOT NULL,
    column_name VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    missing_rows BIGINT NOT NULL
);
