-- Standing verdicts by kind; those of the bank's own people apart from those that came from outside.
SELECT verdict, source IN ('analyst', 'supervisor', 'quality') AS is_own, count(*) AS count
FROM current_label
WHERE verdict <> 'withdrawn'
GROUP BY verdict, is_own
ORDER BY is_own DESC, count DESC, verdict
