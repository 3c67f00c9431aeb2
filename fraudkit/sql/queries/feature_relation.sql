-- Transactions as the feature SQL reads them: canonical columns and the rate to the base currency.
SELECT t.*, rate.base_rate
FROM transactions t
LEFT JOIN (
    SELECT unnest($currencies::VARCHAR[]) AS currency, unnest($factors::DOUBLE[]) AS base_rate
) rate ON rate.currency = coalesce(t.currency, $base_currency)
