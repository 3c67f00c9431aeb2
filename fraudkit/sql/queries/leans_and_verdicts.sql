-- Every lean beside the verdict that the same person gave the case after it, and what is known by now: a
-- later verdict of somebody else, a second reading that was settled, or a fraud reported from outside.
WITH lean AS (
    SELECT case_id, actor, payload ->> 'lean' AS lean, happened_at FROM quality_event
    WHERE kind = 'leaned' AND ($actor IS NULL OR actor = $actor)
),
given AS (
    SELECT l.case_id, l.actor, l.lean, b.transaction_id, b.label_id, b.verdict
    FROM lean l
    JOIN label_event b ON b.case_id = l.case_id AND b.actor = l.actor AND b.created_at >= l.happened_at
    WHERE b.verdict IN ('fraud', 'genuine', 'undetermined')
    QUALIFY row_number() OVER (
        PARTITION BY l.case_id, l.actor ORDER BY (b.verdict = 'fraud') DESC, b.label_id
    ) = 1
),
later AS (
    SELECT g.case_id, g.actor, last(b.verdict ORDER BY b.label_id) AS truth
    FROM given g
    JOIN label_event b ON b.transaction_id = g.transaction_id AND b.label_id > g.label_id
    WHERE b.actor <> g.actor AND b.verdict IN ('fraud', 'genuine')
    GROUP BY g.case_id, g.actor
)
SELECT g.lean, g.verdict, t.truth
FROM given g
LEFT JOIN later t ON t.case_id = g.case_id AND t.actor = g.actor
ORDER BY g.case_id, g.actor
