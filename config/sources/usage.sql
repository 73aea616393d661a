-- The product's log: a row an account and day, with the feature used most.
SELECT
    event_id AS usage_id,
    account AS account_id,
    contract AS contract_id,
    day,
    feature,
    people AS users,
    events AS count,
    CAST(seconds / CAST(60 AS DECIMAL(18, 4)) AS DECIMAL(18, 4)) AS minutes,
    failures AS errors
FROM raw
