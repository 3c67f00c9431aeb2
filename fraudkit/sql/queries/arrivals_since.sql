-- Open cases whose customer (or account, card, terminal) has transactions in a batch that came in since then.
SELECT DISTINCT c.case_id
FROM transactions t
JOIN case_state c ON c.entity_id = CASE c.entity_kind
    WHEN 'customer' THEN t.customer_id
    WHEN 'account' THEN t.account_id
    WHEN 'card' THEN t.card_id
    WHEN 'terminal' THEN t.terminal_id
END
WHERE t.batch_id IN (SELECT batch_id FROM batch WHERE imported_at >= $since)
    AND c.opened_at < (SELECT max(imported_at) FROM batch WHERE imported_at >= $since)
    AND c.status IN (SELECT unnest($open::VARCHAR[]))
