-- Cancellations, as billing books them.
SELECT
    id AS churn_id,
    account AS account_id,
    day AS churned_on,
    reason,
    refund_cents AS refund_minor,
    came_back AS reactivation,
    said AS comment
FROM raw
