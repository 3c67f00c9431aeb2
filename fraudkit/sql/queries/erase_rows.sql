-- Take a customer out of the rows: new names for the customer's own things, nothing for the rest that is personal.
UPDATE :table: SET
    customer_id = new_customer.becomes, customer_age = NULL, customer_location = NULL, customer_risk_score = NULL,
    account_id = CASE WHEN account_id IS NULL THEN NULL ELSE coalesce(
        (SELECT becomes FROM erased_name n WHERE n.kind = 'account' AND n.name = account_id), 'erased') END,
    card_id = CASE WHEN card_id IS NULL THEN NULL ELSE coalesce(
        (SELECT becomes FROM erased_name n WHERE n.kind = 'card' AND n.name = card_id), 'erased') END,
    device_id = CASE WHEN device_id IS NULL THEN NULL ELSE coalesce(
        (SELECT becomes FROM erased_name n WHERE n.kind = 'device' AND n.name = device_id), 'erased') END,
    ip_address = NULL, other_columns = NULL
FROM (SELECT name, becomes FROM erased_name WHERE kind = 'customer') new_customer
WHERE customer_id = new_customer.name
