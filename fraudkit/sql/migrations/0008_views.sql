-- Saved views of the queue: each event holds the whole view as it is after it; the last one counts.
CREATE SEQUENCE view_number;
CREATE SEQUENCE view_event_number;
CREATE TABLE view_event (
    event_id BIGINT NOT NULL DEFAULT nextval('view_event_number'),
    view_id BIGINT NOT NULL,
    kind VARCHAR NOT NULL,                   -- saved, renamed, shared, unshared, deleted, restored
    name VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    is_shared BOOLEAN NOT NULL,
    chosen VARCHAR NOT NULL,                 -- JSON: the filters by their names in the address
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL              -- microseconds UTC
);
