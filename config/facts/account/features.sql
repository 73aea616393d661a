-- How broadly the product is used.
-- features_28d: 28 days before as_of; count; 0 if none
WITH seen AS (
    SELECT DISTINCT account_id, contract_id, feature
    FROM usage
    WHERE day >= $as_of - 28 AND feature IS NOT NULL
)

SELECT
    coalesce(seen.account_id, contracts.account_id) AS account_id,
    count(DISTINCT seen.feature) AS features_28d
FROM seen
LEFT JOIN contracts ON seen.account_id IS NULL AND seen.contract_id = contracts.contract_id
GROUP BY coalesce(seen.account_id, contracts.account_id)
