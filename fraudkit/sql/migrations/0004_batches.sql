-- What happened to batches after they were loaded: withdrawn as a whole, or a correction of another one.
CREATE TABLE batch_event (
    batch_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,                   -- withdrawn, corrects
    payload VARCHAR NOT NULL,                -- JSON
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);

-- Transactions of withdrawn batches: kept, but no query of the workbench reads them.
CREATE TABLE withdrawn_transaction AS SELECT * FROM transactions LIMIT 0;

-- What was noticed about the values of a batch: JSON, written with the batch.
CREATE TABLE batch_report (
    batch_id INTEGER NOT NULL,
    report VARCHAR NOT NULL
);

-- Layouts that a person confirmed: mapping and answers by the signature of the columns; the last one counts.
CREATE TABLE layout_event (
    signature VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    mapping VARCHAR NOT NULL,                -- JSON
    answers VARCHAR NOT NULL,                -- JSON
    batch_id INTEGER,
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
