-- The names that belong to a customer alone: the customer, and accounts, cards and devices that nobody else uses.
WITH own AS (
    SELECT customer_id, account_id, card_id, device_id FROM transactions WHERE customer_id = $customer
    UNION ALL
    SELECT customer_id, account_id, card_id, device_id FROM withdrawn_transaction WHERE customer_id = $customer
),
foreign_rows AS (
    SELECT customer_id, account_id, card_id, device_id FROM transactions WHERE customer_id IS DISTINCT FROM $customer
    UNION ALL
    SELECT customer_id, account_id, card_id, device_id FROM withdrawn_transaction
    WHERE customer_id IS DISTINCT FROM $customer
)
SELECT 'customer' AS kind, customer_id AS name FROM own
UNION
SELECT 'account', account_id FROM own WHERE account_id IS NOT NULL AND account_id NOT IN
    (SELECT account_id FROM foreign_rows SEMI JOIN own USING (account_id))
UNION
SELECT 'card', card_id FROM own WHERE card_id IS NOT NULL AND card_id NOT IN
    (SELECT card_id FROM foreign_rows SEMI JOIN own USING (card_id))
UNION
SELECT 'device', device_id FROM own WHERE device_id IS NOT NULL AND device_id NOT IN
    (SELECT device_id FROM foreign_rows SEMI JOIN own USING (device_id))
ORDER BY kind, name
