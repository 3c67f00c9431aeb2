-- Notes on cases, customers and other subjects, with an attached file when there is one: appended, never updated.
CREATE SEQUENCE note_number;
CREATE TABLE note_event (
    note_id BIGINT NOT NULL DEFAULT nextval('note_number'),
    kind VARCHAR NOT NULL,                   -- written, or struck: takes the note `strikes` back
    subject_kind VARCHAR NOT NULL,           -- case, transaction, customer, account, card, terminal, device, merchant
    subject_id VARCHAR NOT NULL,
    case_id BIGINT,                          -- where it was written, when that was a case
    body VARCHAR,                            -- without card numbers
    mentions VARCHAR,                        -- JSON list of names
    strikes BIGINT,
    file_name VARCHAR,
    file_kind VARCHAR,                       -- recognised by content
    file_bytes BIGINT,
    file_sha256 VARCHAR,                     -- of what is stored
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);

-- The bytes of attached files; the event's digest covers them through file_sha256.
CREATE TABLE attachment (
    note_id BIGINT NOT NULL,
    content BLOB NOT NULL
);
