-- What the customer has asked us to build.
-- requests_open: asked before as_of, neither delivered nor turned down; count; 0 if none
-- requests_90d: asked in 90 days before as_of; count; 0 if none
-- requests_delivered_90d: delivered in 90 days before as_of; count; 0 if none
SELECT
    account_id,
    count(CASE
        WHEN delivered_on IS NULL AND coalesce(lower(status), '') NOT IN ('declined', 'rejected', 'closed', 'canceled')
            THEN 1
    END) AS requests_open,
    count(CASE WHEN CAST(asked_at AS DATE) >= $as_of - 90 THEN 1 END) AS requests_90d,
    count(CASE WHEN delivered_on >= $as_of - 90 THEN 1 END) AS requests_delivered_90d
FROM requests
GROUP BY account_id
