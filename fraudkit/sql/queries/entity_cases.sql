-- The cases of an entity, and those that hold alerts of its operations; :entity: is a declared column.
WITH own AS (SELECT position FROM transactions WHERE :entity: = $identifier),
raised AS (SELECT DISTINCT case_id FROM alert SEMI JOIN own USING (position))
SELECT s.* FROM case_state s
WHERE (s.entity_kind = $kind AND s.entity_id = $identifier) OR s.case_id IN (SELECT case_id FROM raised)
ORDER BY s.closed_at IS NULL DESC, s.changed_at DESC, s.case_id
