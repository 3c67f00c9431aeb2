-- The strongest reasons of every transaction, four to a number: byte k holds 1 + the place of the k-th
-- strongest feature in the run's list, 0 ends it. A run stamps what it was made with.
CREATE TABLE transaction_reason (
    position BIGINT NOT NULL,
    packed UINTEGER NOT NULL,
    run_id INTEGER NOT NULL
);
CREATE SEQUENCE reason_run_number;
CREATE TABLE reason_run (
    run_id INTEGER NOT NULL,
    model_id VARCHAR NOT NULL,
    ledger_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    features VARCHAR[] NOT NULL,
    made_at BIGINT NOT NULL
);
