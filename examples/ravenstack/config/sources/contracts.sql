-- A subscription is a contract. The set knows no renewal date: the term is the billing frequency's (a month or a year),
-- counted from the start and renewed until it ends. end_date is always a churn (churn_flag is true exactly there), so it
-- is ended_on, which nobody knows before that day, and never end_on, an end agreed beforehand; the set has none.
-- The set holds no period of notice: 30 days are assumed for a year, none for a month.
SELECT
    subscription_id AS contract_id,
    account_id,
    start_date AS start_on,
    end_date AS ended_on,
    coalesce(CAST(CAST(TRY_CAST(mrr_amount AS DECIMAL(18, 2)) * 100 AS BIGINT) AS VARCHAR), mrr_amount) AS mrr_minor,
    'USD' AS currency,
    auto_renew_flag AS auto_renew,
    CASE billing_frequency WHEN 'annual' THEN 30 WHEN 'monthly' THEN 0 END AS notice_days,
    billing_frequency AS billing_period,
    CASE billing_frequency WHEN 'annual' THEN 12 WHEN 'monthly' THEN 1 END AS term_months,
    plan_tier AS plan,
    seats,
    is_trial AS trial
FROM raw
