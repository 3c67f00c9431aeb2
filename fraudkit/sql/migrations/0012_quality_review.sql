-- Quality of the verdicts: random samples from below the line, leans before the score, second readings.
CREATE SEQUENCE quality_event_number;
CREATE TABLE quality_event (
    event_id BIGINT NOT NULL DEFAULT nextval('quality_event_number'),
    kind VARCHAR NOT NULL,                   -- drawn, leaned, served, second, second_withdrawn, settled
    case_id BIGINT,                          -- NULL for a draw
    payload VARCHAR NOT NULL,                -- JSON
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    happened_at BIGINT NOT NULL
);

-- Projection of the draws: who was drawn, and with which probability.
CREATE TABLE sample_member (
    transaction_id VARCHAR NOT NULL,
    draw_id BIGINT NOT NULL,                 -- quality_event that drew it
    probability DOUBLE NOT NULL
);
