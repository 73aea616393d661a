-- An account may have several; 352 of 500 accounts have one, and all of these have running subscriptions (README.md).
SELECT
    churn_event_id AS churn_id,
    account_id,
    churn_date AS churned_on,
    reason_code AS reason,
    coalesce(
        CAST(CAST(TRY_CAST(refund_amount_usd AS DECIMAL(18, 2)) * 100 AS BIGINT) AS VARCHAR), refund_amount_usd
    ) AS refund_minor,
    is_reactivation AS reactivation,
    feedback_text AS comment
FROM raw
