-- Notes on a customer, on the customer's things, cases and operations.
SELECT n.* FROM note_event n
WHERE (n.subject_kind, n.subject_id) IN (SELECT kind, name FROM erased_name)
    OR n.case_id IN (SELECT unnest($cases::BIGINT[]))
    OR (n.subject_kind = 'case' AND try_cast(n.subject_id AS BIGINT) IN (SELECT unnest($cases::BIGINT[])))
    OR (n.subject_kind = 'transaction' AND n.subject_id IN (SELECT unnest($transactions::VARCHAR[])))
ORDER BY n.note_id
