-- The whole course of a case: leases, waiting, escalation, four eyes; the full label record.

ALTER TABLE case_event ADD COLUMN remark VARCHAR;                 -- free text of a person; may be erased

ALTER TABLE case_state ADD COLUMN lease_until BIGINT;             -- until when the assignee holds the case
ALTER TABLE case_state ADD COLUMN waiting_until BIGINT;
ALTER TABLE case_state ADD COLUMN waiting_reason VARCHAR;
ALTER TABLE case_state ADD COLUMN due_at BIGINT;                  -- opened_at + hours of the priority
ALTER TABLE case_state ADD COLUMN escalated_by VARCHAR;
ALTER TABLE case_state ADD COLUMN maker VARCHAR;                  -- whose verdict waits for approval
ALTER TABLE case_state ADD COLUMN woken_at BIGINT;
ALTER TABLE case_state ADD COLUMN returned_by VARCHAR;            -- who returned the verdict to its maker
UPDATE case_state SET due_at = opened_at
    + CASE priority WHEN 'high' THEN 4 WHEN 'medium' THEN 24 ELSE 72 END * 3600000000;

ALTER TABLE label_event ADD COLUMN fraud_subtype VARCHAR;
ALTER TABLE label_event ADD COLUMN alert_was_useful BOOLEAN;
ALTER TABLE label_event ADD COLUMN gross_amount DECIMAL(18,2);
ALTER TABLE label_event ADD COLUMN prevented_amount DECIMAL(18,2);
ALTER TABLE label_event ADD COLUMN recovered_amount DECIMAL(18,2);
ALTER TABLE label_event ADD COLUMN liability VARCHAR;             -- bank, customer, merchant, shared, pending
ALTER TABLE label_event ADD COLUMN detected_by VARCHAR;           -- model, rule, customer, third_party
ALTER TABLE label_event ADD COLUMN first_unusual_transaction_id VARCHAR;
ALTER TABLE label_event ADD COLUMN incident_start BIGINT;         -- microseconds UTC
ALTER TABLE label_event ADD COLUMN incident_end BIGINT;
ALTER TABLE label_event ADD COLUMN actions VARCHAR;               -- JSON list of codes
ALTER TABLE label_event ADD COLUMN reason_feedback VARCHAR;       -- JSON: feature -> decisive, irrelevant, wrong_data
ALTER TABLE label_event ADD COLUMN seconds_on_case DOUBLE;
ALTER TABLE label_event ADD COLUMN sweep_id VARCHAR;
ALTER TABLE label_event ADD COLUMN in_random_sample BOOLEAN;
ALTER TABLE label_event ADD COLUMN inclusion_probability DOUBLE;
ALTER TABLE label_event ADD COLUMN data_first BOOLEAN;
ALTER TABLE label_event ADD COLUMN lean_before_score VARCHAR;
ALTER TABLE label_event ADD COLUMN approval_of BIGINT;            -- the proposal (label_proposal) that was approved
ALTER TABLE label_event ADD COLUMN approved_by VARCHAR;

CREATE OR REPLACE VIEW current_label AS
SELECT * FROM label_event
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1;

-- Verdicts that wait for a second person: a label comes of each when it is approved, and only then.
CREATE SEQUENCE proposal_number;
CREATE TABLE label_proposal (
    proposal_id BIGINT NOT NULL DEFAULT nextval('proposal_number'),
    case_id BIGINT NOT NULL,
    case_version INTEGER NOT NULL,           -- version of the case that the proposal made
    transaction_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    label VARCHAR,                           -- JSON: the label as it will stand in the ledger; may be erased
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);
