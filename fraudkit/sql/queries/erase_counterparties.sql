-- A customer's own account in the payments of others gets the same new name.
UPDATE :table: SET counterparty_account = n.becomes
FROM erased_name n WHERE n.kind = 'account' AND counterparty_account = n.name
