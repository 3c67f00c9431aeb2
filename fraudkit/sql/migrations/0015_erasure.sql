-- Whose personal data were erased, under the name that stands in their place: appended, never updated.
CREATE SEQUENCE erasure_number;
CREATE TABLE erasure_event (
    erasure_id BIGINT NOT NULL DEFAULT nextval('erasure_number'),
    kind VARCHAR NOT NULL,                   -- customer
    new_name VARCHAR NOT NULL,               -- drawn at random; nothing leads back from it
    transactions BIGINT NOT NULL,
    counts VARCHAR NOT NULL,                 -- JSON: how many rows of each kind were emptied
    reason VARCHAR NOT NULL,                 -- request or rule, without personal data
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
