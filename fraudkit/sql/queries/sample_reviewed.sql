-- Everything that was ever drawn, with the verdict that stands; undetermined is no verdict of either kind.
SELECT
    m.draw_id::VARCHAR AS draw, m.probability,
    CASE l.verdict WHEN 'fraud' THEN true WHEN 'genuine' THEN false END AS is_fraud,
    coalesce(abs(t.transaction_amount)::DOUBLE
        * ($factors::DOUBLE[])[list_position($currencies::VARCHAR[], coalesce(t.currency, $base_currency))], 0)
        AS amount
FROM sample_member m
JOIN transactions t ON t.transaction_id = m.transaction_id
LEFT JOIN (
    SELECT transaction_id, verdict FROM label_event
    WHERE transaction_id IN (SELECT transaction_id FROM sample_member)
    QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY label_id DESC) = 1
) l ON l.transaction_id = m.transaction_id
ORDER BY m.draw_id, m.transaction_id
