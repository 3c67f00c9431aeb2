-- The latest case of some customers, accounts or cards, open ones first.
SELECT entity_id AS party, case_id, status, verdict
FROM case_state
WHERE entity_id IN (SELECT unnest($parties::VARCHAR[])) AND entity_kind IN ('customer', 'account', 'card')
QUALIFY row_number() OVER (
    PARTITION BY entity_id ORDER BY status IN (SELECT unnest($open::VARCHAR[])) DESC, case_id DESC
) = 1
