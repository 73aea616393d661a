-- What the CRM calls churn; whether an account has a contract is told by `contract_status`, and the two may disagree.
-- churn_events: whole history, reactivations apart; count; 0 if none
-- churn_events_365d: 365 days before as_of, reactivations apart; count; 0 if none
-- last_churned_on: whole history; date
-- reactivated: whole history; boolean; false if none
SELECT
    account_id,
    count(CASE WHEN NOT coalesce(reactivation, false) THEN 1 END) AS churn_events,
    count(CASE WHEN NOT coalesce(reactivation, false) AND churned_on >= $as_of - 365 THEN 1 END) AS churn_events_365d,
    max(churned_on) AS last_churned_on,
    bool_or(coalesce(reactivation, false)) AS reactivated
FROM churn_events
GROUP BY account_id
