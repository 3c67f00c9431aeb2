-- How many transactions fit what was typed: start of the identifier, part of the merchant's name, or the amount.
SELECT count(*) FROM transactions
WHERE starts_with(transaction_id, $text)
    OR $has_letters AND starts_with(lower(transaction_id), $lower)
    OR contains(lower(coalesce(merchant_name, merchant_id)), $part)
    OR abs(transaction_amount) BETWEEN $least::DECIMAL(18,2) AND $most::DECIMAL(18,2)
