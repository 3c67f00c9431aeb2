-- Sweeps: siblings decided in one batch, and taken back as one.
CREATE TABLE sweep_event (
    sweep_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                   -- swept, undone
    case_id BIGINT NOT NULL,                 -- the case whose siblings they are
    payload VARCHAR NOT NULL,                -- JSON: verdict, reason, transactions, those raised for it, those left out
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
