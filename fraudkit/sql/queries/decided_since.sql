-- Cases whose last verdict was given today, by one person when $who names one, and was not taken back.
SELECT case_id FROM (
    SELECT case_id, kind, actor, happened_at
    FROM case_event
    WHERE kind IN ('decided', 'submitted', 'approved', 'undone')
    QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY version DESC) = 1
)
WHERE kind <> 'undone' AND happened_at >= $day_start AND ($who::VARCHAR IS NULL OR actor = $who)
