-- usage_id is six hex digits, and 21 of them were given twice, to events that differ in everything else: two events, not
-- one. So the key is the id with its subscription (unique in the set), for all rows, today's and those to come.
-- The account is its contract's: it is found by contract_id.
SELECT
    usage_id || '/' || subscription_id AS usage_id,
    subscription_id AS contract_id,
    usage_date AS day,
    feature_name AS feature,
    usage_count AS count,
    coalesce(
        CAST(CAST(TRY_CAST(usage_duration_secs AS DECIMAL(18, 4)) / 60 AS DECIMAL(18, 4)) AS VARCHAR), usage_duration_secs
    ) AS minutes,
    error_count AS errors
FROM raw
