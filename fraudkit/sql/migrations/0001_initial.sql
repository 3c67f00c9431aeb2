-- The first layout: batches, transactions, ledger of labels, cases as appended events, projections.
-- Times are integer microseconds UTC. Amounts are DECIMAL(18,2): wider decimals scan 45 to 170 times slower.

CREATE SEQUENCE batch_number;
CREATE TABLE batch (
    batch_id INTEGER NOT NULL DEFAULT nextval('batch_number'),
    file_name VARCHAR NOT NULL,
    file_sha256 VARCHAR NOT NULL,
    file_format VARCHAR NOT NULL,
    file_bytes BIGINT NOT NULL,
    layout VARCHAR NOT NULL,                 -- JSON: dialect, mapping and answers that were used
    notes VARCHAR NOT NULL,                  -- JSON: what was normalised, counted by kind
    rows_read BIGINT NOT NULL,
    rows_loaded BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_duplicate BIGINT NOT NULL,
    is_sample BOOLEAN NOT NULL,
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    imported_at BIGINT NOT NULL,
    CHECK (rows_read = rows_loaded + rows_rejected + rows_duplicate)
);

CREATE TABLE rejected_row (
    batch_id INTEGER NOT NULL,
    source_row BIGINT NOT NULL,              -- line number in the file, first line is 1
    column_name VARCHAR,
    reason VARCHAR NOT NULL,                 -- code of the reason, see ingest
    value VARCHAR,                           -- the value that was refused
    raw_text VARCHAR NOT NULL
);

-- One row per transaction, in order of loading. `position` names a training set together with the ledger.
CREATE TABLE transactions (
    position BIGINT NOT NULL,
    batch_id INTEGER NOT NULL,
    source_row BIGINT NOT NULL,
    transaction_id VARCHAR NOT NULL,         -- identifier, else content hash and occurrence within the file
    has_identifier BOOLEAN NOT NULL,
    ts_us BIGINT NOT NULL,                   -- microseconds UTC; every window runs on it
    utc_offset_minutes SMALLINT NOT NULL,    -- local time = ts_us + offset
    time_precision VARCHAR NOT NULL,         -- microsecond, second, minute or date
    transaction_amount DECIMAL(18,2) NOT NULL,
    currency VARCHAR,
    transaction_type VARCHAR,
    channel VARCHAR,
    customer_id VARCHAR,
    customer_age DOUBLE,
    customer_location VARCHAR,
    customer_risk_score DOUBLE,
    account_id VARCHAR,
    account_type VARCHAR,
    account_age DOUBLE,
    card_id VARCHAR,
    account_balance_before DECIMAL(18,2),
    account_balance_after DECIMAL(18,2),
    merchant_id VARCHAR,
    merchant_name VARCHAR,
    merchant_mcc VARCHAR,
    merchant_location VARCHAR,
    terminal_id VARCHAR,
    counterparty_account VARCHAR,
    device_id VARCHAR,
    ip_address VARCHAR,
    other_columns VARCHAR                    -- JSON object of the columns that the schema does not know
);

-- The ledger of labels: appended, never updated. The last event of a transaction is its label.
CREATE SEQUENCE label_number;
CREATE TABLE label_event (
    label_id BIGINT NOT NULL DEFAULT nextval('label_number'),
    transaction_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,                -- fraud, genuine, undetermined; withdrawn takes the label back
    certainty VARCHAR NOT NULL,              -- confirmed or assumed
    fraud_type VARCHAR,
    reason VARCHAR,
    source VARCHAR NOT NULL,
    label_known_at BIGINT NOT NULL,          -- when it became known; risk features count it from then on
    case_id BIGINT,
    case_version INTEGER,
    batch_id INTEGER,
    supersedes BIGINT,
    note VARCHAR,
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    evidence VARCHAR                         -- JSON: what was on the screen (model, features, evidence, row)
);

CREATE VIEW current_label AS
SELECT * FROM label_event
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1;

-- Frauds that reached the bank from outside (chargebacks, imports): they feed features and evaluation.
CREATE VIEW known_fraud AS
SELECT transaction_id, label_known_at FROM label_event
WHERE verdict = 'fraud' AND source IN ('import', 'chargeback');

-- Scores of all transactions, replaced by each ranking.
CREATE TABLE ranking (
    position BIGINT NOT NULL,
    transaction_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    severity DOUBLE NOT NULL                 -- percentile against the reference sample, 0 to 100
);
CREATE TABLE ranking_run (
    model_id VARCHAR NOT NULL,
    ledger_position BIGINT NOT NULL,         -- last label_id that the ranking knew
    last_position BIGINT NOT NULL,           -- last transaction that the ranking knew
    line_score DOUBLE,                       -- score at the capacity line
    report VARCHAR NOT NULL,                 -- JSON: fit of the model to the data
    ranked_at BIGINT NOT NULL
);

-- Alerts are appended and never withdrawn, only reordered (alert_rank).
CREATE SEQUENCE alert_number;
CREATE TABLE alert (
    alert_id BIGINT NOT NULL DEFAULT nextval('alert_number'),
    transaction_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    origin VARCHAR NOT NULL,                 -- ranking or manual
    model_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    severity DOUBLE NOT NULL,
    raised_at BIGINT NOT NULL,
    -- facts of the transaction, which never change: the queue reads no other table for its rows
    ts_us BIGINT NOT NULL,
    utc_offset_minutes SMALLINT NOT NULL,
    transaction_amount DECIMAL(18,2) NOT NULL,
    currency VARCHAR,
    transaction_type VARCHAR,
    channel VARCHAR,
    merchant VARCHAR
);

-- Projection: the verdict that stands for each alert; NULL while it is undecided.
CREATE TABLE alert_state (
    alert_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    transaction_id VARCHAR NOT NULL,
    verdict VARCHAR,
    label_id BIGINT
);

-- Projection: what the current model says of each alert; features stay here so that relearning is quick.
CREATE TABLE alert_rank (
    alert_id BIGINT NOT NULL,
    score DOUBLE NOT NULL,
    severity DOUBLE NOT NULL,
    features DOUBLE[] NOT NULL,              -- in the order of the model's features; NaN where missing
    reasons VARCHAR[] NOT NULL               -- names of the strongest features, strongest first
);

-- Cases are events: (case_id, version) is unique, the state is a projection that a test rebuilds.
CREATE SEQUENCE case_number;
CREATE SEQUENCE case_event_number;
CREATE TABLE case_event (
    event_id BIGINT NOT NULL DEFAULT nextval('case_event_number'),
    case_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL,
    payload VARCHAR NOT NULL,                -- JSON
    UNIQUE (case_id, version)
);
CREATE TABLE case_state (
    case_id BIGINT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    entity_kind VARCHAR NOT NULL,            -- customer, account, card, terminal or transaction
    entity_id VARCHAR NOT NULL,
    priority VARCHAR NOT NULL,
    assignee VARCHAR,
    verdict VARCHAR,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    closed_at BIGINT,
    alerts INTEGER NOT NULL,
    undecided INTEGER NOT NULL
);

-- Models known to this portfolio; the artifacts lie on disk.
CREATE TABLE model_event (
    model_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                   -- trained or activated
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL,
    payload VARCHAR NOT NULL                 -- JSON: training set (last position, ledger position), figures
);

-- Settings that people change while the server runs, appended; the last one counts.
CREATE TABLE setting_event (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,                  -- JSON
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
