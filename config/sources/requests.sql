-- Features that customers asked for. Times are UTC.
SELECT
    id AS request_id,
    account AS account_id,
    asked AS asked_at,
    feature,
    status,
    delivered AS delivered_on
FROM raw
