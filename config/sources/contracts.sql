-- Billing's contracts. agreed_end was agreed beforehand; canceled_as_of is known only when it has come.
SELECT
    contract_no AS contract_id,
    account AS account_id,
    starts AS start_on,
    agreed_end AS end_on,
    canceled_as_of AS ended_on,
    monthly_cents AS mrr_minor,
    currency,
    renews AS auto_renew,
    notice_days,
    period AS billing_period,
    term_months,
    plan,
    seats,
    kind = 'trial' AS trial
FROM raw
