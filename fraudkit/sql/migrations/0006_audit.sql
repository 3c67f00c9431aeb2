-- The audit chain: one entry for every appended event, written in the event's own transaction.
-- Digests are HMAC-SHA256 under a key that lies outside the database; the entry holds no content.
CREATE TABLE audit_entry (
    entry_id BIGINT NOT NULL,                -- 1, 2, 3 … without a gap
    happened_at BIGINT NOT NULL,             -- microseconds UTC
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    action VARCHAR NOT NULL,                 -- what was done, such as case.decided
    subject VARCHAR NOT NULL,                -- the row that it speaks of, such as case_event/17
    content_digest VARCHAR NOT NULL,         -- of that row; empty when the row was erased as a whole
    previous_hash VARCHAR NOT NULL,          -- empty in the first entry
    hash VARCHAR NOT NULL                    -- of all columns above
);
