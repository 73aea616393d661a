-- What the CRM calls churn; whether an account has a contract is told by `contract_status`, and the two may disagree.
-- churn_events: whole history, reactivations apart; count; 0 if none
-- churn_events_365d: 365 days before as_of, reactivations apart; count; 0 if none
-- last_churned_on: whole history; date
-- churn_reason: newest event, reactivations apart; text
-- reactivated: whole history; boolean; false if none
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY account_id, coalesce(reactivation, false) ORDER BY churned_on DESC, churn_id DESC
        ) AS place
    FROM churn_events
)

SELECT
    account_id,
    count(CASE WHEN NOT coalesce(reactivation, false) THEN 1 END) AS churn_events,
    count(CASE WHEN NOT coalesce(reactivation, false) AND churned_on >= $as_of - 365 THEN 1 END) AS churn_events_365d,
    max(churned_on) AS last_churned_on,
    max(CASE WHEN place = 1 AND NOT coalesce(reactivation, false) THEN lower(reason) END) AS churn_reason,
    bool_or(coalesce(reactivation, false)) AS reactivated
FROM ranked
GROUP BY account_id
