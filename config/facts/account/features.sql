-- How broadly the product is used, and which of its features the account has never tried. The product has the features
-- that anybody has used in 90 days; the one to try is that which most accounts use (of the 60 most used).
-- features_28d: 28 days before as_of; count; 0 if none
-- features_ever: whole history; count; 0 if none
-- features_unused: never used, of what the product has; count
-- feature_to_try: never used, of what the product has; text
WITH seen AS (
    SELECT
        account_id,
        contract_id,
        feature,
        max(day) AS last_day
    FROM usage
    WHERE feature IS NOT NULL AND day < $as_of_usage
    GROUP BY account_id, contract_id, feature
),

owned AS (
    SELECT
        coalesce(seen.account_id, contracts.account_id) AS account_id,
        seen.feature,
        max(seen.last_day) AS last_day
    FROM seen
    LEFT JOIN contracts ON seen.account_id IS NULL AND seen.contract_id = contracts.contract_id
    GROUP BY coalesce(seen.account_id, contracts.account_id), seen.feature
),

product AS (
    SELECT
        feature,
        CAST(row_number() OVER (ORDER BY count(*) DESC, feature) AS INTEGER) AS place
    FROM owned
    WHERE last_day >= $as_of_usage - 90
    GROUP BY feature
),

tried AS (
    SELECT
        owned.account_id,
        count(CASE WHEN owned.last_day >= $as_of_usage - 28 THEN 1 END) AS features_28d,
        count(*) AS features_ever,
        count(product.feature) AS current,
        coalesce(bit_or(CASE WHEN product.place <= 60 THEN CAST(1 AS BIGINT) << (product.place - 1) END), 0) AS places
    FROM owned
    LEFT JOIN product ON owned.feature = product.feature
    GROUP BY owned.account_id
),

-- The lowest place that is not set: m + 1 has it as the lowest bit which m lacks.
missing AS (
    SELECT
        *,
        CAST(bit_count(((places + 1) & ~places) - 1) AS INTEGER) + 1 AS first_missing
    FROM tried
)

SELECT
    missing.account_id,
    missing.features_28d,
    missing.features_ever,
    greatest((SELECT count(*) FROM product) - missing.current, 0) AS features_unused,
    product.feature AS feature_to_try
FROM missing
LEFT JOIN product ON missing.first_missing = product.place
WHERE missing.account_id IS NOT NULL
