-- What the account has contracted. MRR is the monthly value in force on the day, trials excluded (Gold, ch. 2);
-- accounts with contracts in several currencies have none until rates are known.
-- mrr_minor: at as_of; minor units; 0 if none
-- mrr_90d_ago_minor: at 90 days before as_of; minor units; 0 if none
-- currency: at as_of; text
-- contract_seats_total: at as_of, active contracts; count; 0 if none
-- active_contracts: at as_of, trials apart; count; 0 if none
-- active_trials: at as_of; count; 0 if none
-- auto_renew_off: at as_of, active contracts that end unless renewed; count; 0 if none
-- contract_status: at as_of; text; 'prospect' if none
-- first_contract_id: whole history; id
-- first_contract_start: whole history; date
-- days_since_start: first contract's start to as_of; days
-- next_term_end: active contracts, at as_of; date
-- next_opt_out_deadline: active contracts, from as_of on; date
-- days_to_opt_out: as_of to the next deadline; days
-- last_contract_end: whole history, before as_of; date
-- days_since_churn: last contract's end to as_of, while none is in force; days
SELECT
    account_id,
    CASE WHEN count(DISTINCT CASE WHEN contract_active THEN contract_currency END) <= 1
        THEN CAST(sum(contract_mrr_minor) AS BIGINT) END AS mrr_minor,
    CASE WHEN count(DISTINCT contract_currency) <= 1 THEN CAST(sum(
        CASE WHEN start_on <= $as_of - 90 AND (end_on IS NULL OR end_on > $as_of - 90) AND NOT contract_trial
            THEN contract_value_minor ELSE 0 END
    ) AS BIGINT) END AS mrr_90d_ago_minor,
    CASE WHEN count(DISTINCT contract_currency) = 1 THEN min(contract_currency) END AS currency,
    CAST(sum(CASE WHEN contract_active THEN contract_seats ELSE 0 END) AS BIGINT) AS contract_seats_total,
    count(CASE WHEN contract_active THEN 1 END) AS active_contracts,
    count(CASE WHEN contract_trial_active THEN 1 END) AS active_trials,
    count(CASE WHEN contract_active AND NOT contract_auto_renew THEN 1 END) AS auto_renew_off,
    CASE
        WHEN bool_or(contract_active) THEN 'active'
        WHEN bool_or(contract_trial_active) THEN 'trial'
        ELSE 'churned'
    END AS contract_status,
    first(contract_id ORDER BY start_on, contract_id) AS first_contract_id,
    min(start_on) AS first_contract_start,
    date_diff('day', min(start_on), $as_of) AS days_since_start,
    min(CASE WHEN contract_active AND term_end >= $as_of THEN term_end END) AS next_term_end,
    min(CASE WHEN contract_active AND opt_out_deadline >= $as_of THEN opt_out_deadline END) AS next_opt_out_deadline,
    min(CASE WHEN contract_active AND days_to_opt_out >= 0 THEN days_to_opt_out END) AS days_to_opt_out,
    max(CASE WHEN end_on <= $as_of THEN end_on END) AS last_contract_end,
    CASE WHEN NOT bool_or(contract_active OR contract_trial_active)
        THEN date_diff('day', max(CASE WHEN end_on <= $as_of THEN end_on END), $as_of) END AS days_since_churn
FROM contract_facts
GROUP BY account_id
