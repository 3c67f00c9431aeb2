-- What left the workbench: every export and evidence pack, appended.
CREATE SEQUENCE export_number;
CREATE TABLE export_event (
    export_id BIGINT NOT NULL DEFAULT nextval('export_number'),
    kind VARCHAR NOT NULL,                   -- queue, labels, search, operations, audit, evidence
    format VARCHAR NOT NULL,                 -- csv, xlsx, pdf, json
    subject VARCHAR,                         -- of whom or what, where it may name a person
    case_id BIGINT,
    row_count BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,                 -- of the bytes
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
