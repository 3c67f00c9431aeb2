-- Open cases whose customer (or account, card, terminal) has transactions in a batch that came in since then;
-- those of one person when $who names one. One join for each kind, so that each is a join of equal values.
WITH arrived AS (SELECT batch_id, imported_at FROM batch WHERE imported_at >= $since),
mine AS (
    SELECT case_id, entity_kind, entity_id
    FROM case_state
    WHERE status IN (SELECT unnest($open::VARCHAR[]))
        AND ($who::VARCHAR IS NULL OR assignee = $who)
        AND opened_at < (SELECT max(imported_at) FROM arrived)
),
fresh AS (
    SELECT customer_id, account_id, card_id, terminal_id
    FROM transactions
    WHERE batch_id IN (SELECT batch_id FROM arrived) AND (SELECT count(*) FROM mine) > 0
)
SELECT case_id FROM mine SEMI JOIN fresh ON entity_id = customer_id WHERE entity_kind = 'customer'
UNION ALL
SELECT case_id FROM mine SEMI JOIN fresh ON entity_id = account_id WHERE entity_kind = 'account'
UNION ALL
SELECT case_id FROM mine SEMI JOIN fresh ON entity_id = card_id WHERE entity_kind = 'card'
UNION ALL
SELECT case_id FROM mine SEMI JOIN fresh ON entity_id = terminal_id WHERE entity_kind = 'terminal'
