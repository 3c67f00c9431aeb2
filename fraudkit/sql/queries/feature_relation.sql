-- Transactions as the feature SQL reads them: canonical columns and the rate to the base currency.
-- A lookup, not a join: conditions on transactions then act before anything else is read.
SELECT
    t.*,
    ($factors::DOUBLE[])[list_position($currencies::VARCHAR[], coalesce(t.currency, $base_currency))]
        AS base_rate
FROM transactions t
