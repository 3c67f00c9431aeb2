-- How many others one entity has dealt with; :entity: is a declared column.
SELECT count(DISTINCT customer_id) AS customer, count(DISTINCT account_id) AS account, count(DISTINCT card_id) AS card,
    count(DISTINCT coalesce(merchant_name, merchant_id)) AS merchant, count(DISTINCT terminal_id) AS terminal,
    count(DISTINCT device_id) AS device, count(DISTINCT counterparty_account) AS counterparty
FROM transactions WHERE :entity: = $identifier
