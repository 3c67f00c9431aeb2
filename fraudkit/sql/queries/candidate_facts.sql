-- The entity of each candidate: customer, else account, card, terminal, else the transaction alone.
SELECT
    c.transaction_id,
    c.score,
    t.transaction_amount,
    t.currency,
    CASE
        WHEN t.customer_id IS NOT NULL THEN 'customer'
        WHEN t.account_id IS NOT NULL THEN 'account'
        WHEN t.card_id IS NOT NULL THEN 'card'
        WHEN t.terminal_id IS NOT NULL THEN 'terminal'
        ELSE 'transaction'
    END AS entity_kind,
    coalesce(t.customer_id, t.account_id, t.card_id, t.terminal_id, t.transaction_id) AS entity_id
FROM candidate c
JOIN transactions t USING (position)
ORDER BY c.place
