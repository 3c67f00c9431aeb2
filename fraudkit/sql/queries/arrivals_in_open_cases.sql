-- How many transactions of a batch belong to the entity of a case that is open, and to how many cases.
SELECT count(*) AS transactions, count(DISTINCT case_id) AS cases
FROM transactions t
JOIN case_state c ON c.entity_id = CASE c.entity_kind
    WHEN 'customer' THEN t.customer_id
    WHEN 'account' THEN t.account_id
    WHEN 'card' THEN t.card_id
    WHEN 'terminal' THEN t.terminal_id
END
WHERE t.batch_id = ? AND c.status IN (SELECT unnest(?::VARCHAR[]))
