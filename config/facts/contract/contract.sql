-- What a contract says, and whether it is in force.
-- A contract is in force on a day when it has started and its end, if it has one, lies after that day
-- (Gold, Fighting Churn with Data, ch. 2); an open trial is in force, but carries no recurring revenue.
-- The end is the day it really ended, once that day has passed; until then the day agreed beforehand, if any.
-- account_id: at as_of; id
-- start_on: at as_of; date
-- end_on: at as_of; date
-- contract_active: at as_of, trials apart; boolean
-- contract_trial: at as_of; boolean
-- contract_trial_active: at as_of; boolean
-- contract_mrr_minor: at as_of, 0 unless active, monthly; minor units
-- contract_value_minor: at as_of, monthly, in force or not; minor units
-- contract_currency: at as_of; text
-- contract_plan: at as_of; text
-- contract_seats: at as_of; count
-- contract_auto_renew: at as_of; boolean
-- contract_billing_period: at as_of; text
WITH known AS (
    SELECT * REPLACE (coalesce(ended_on, end_on) AS end_on)
    FROM contracts
)

SELECT
    contract_id,
    account_id,
    start_on,
    end_on,
    (end_on IS NULL OR end_on > $as_of) AND NOT coalesce(trial, false) AS contract_active,
    coalesce(trial, false) AS contract_trial,
    (end_on IS NULL OR end_on > $as_of) AND coalesce(trial, false) AS contract_trial_active,
    CASE WHEN (end_on IS NULL OR end_on > $as_of) AND NOT coalesce(trial, false) THEN mrr_minor ELSE 0 END
        AS contract_mrr_minor,
    mrr_minor AS contract_value_minor,
    currency AS contract_currency,
    plan AS contract_plan,
    seats AS contract_seats,
    auto_renew AS contract_auto_renew,
    billing_period AS contract_billing_period
FROM known
