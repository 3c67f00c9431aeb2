-- What became of every file that a configured source brought: appended, never updated.
CREATE SEQUENCE source_run_number;
CREATE TABLE source_run (
    run_id BIGINT NOT NULL DEFAULT nextval('source_run_number'),
    source VARCHAR NOT NULL,
    started_at BIGINT NOT NULL,              -- microseconds UTC; the same for all files of one reading
    finished_at BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,                -- load, partial, refuse, ask; nothing new; failed
    file_name VARCHAR,                       -- NULL when the reading brought no file
    file_version VARCHAR,                    -- tells this content from a later one of the same name
    batch_id INTEGER,
    rows_read BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_duplicate BIGINT NOT NULL,
    message VARCHAR NOT NULL,                -- one sentence
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL
);
