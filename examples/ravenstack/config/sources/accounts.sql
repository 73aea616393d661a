-- plan_tier, seats, is_trial and churn_flag are the sign-up form's and the last day's word, without a date: they are
-- carried as information (plan, seats, crm_status); what an account pays and whether it is a customer, its contracts say.
-- Time zone and language are the country's most common ones. The set assigns nobody: the CSM is chosen by plan and
-- language, and among equals by the id's hash, so that it is the same every night.
SELECT
    account_id,
    account_name AS name,
    industry,
    CASE country WHEN 'UK' THEN 'GB' ELSE country END AS country,
    CASE country
        WHEN 'US' THEN 'America/New_York' WHEN 'UK' THEN 'Europe/London' WHEN 'IN' THEN 'Asia/Kolkata'
        WHEN 'AU' THEN 'Australia/Sydney' WHEN 'DE' THEN 'Europe/Berlin' WHEN 'CA' THEN 'America/Toronto'
        WHEN 'FR' THEN 'Europe/Paris'
    END AS timezone,
    CASE country WHEN 'DE' THEN 'de' WHEN 'FR' THEN 'fr' ELSE 'en' END AS language,
    CASE
        WHEN country = 'FR' THEN 'CSM-3'
        WHEN country = 'DE' AND plan_tier = 'Enterprise' THEN 'CSM-2'
        WHEN country = 'DE' THEN 'CSM-8'
        WHEN plan_tier = 'Enterprise' THEN ['CSM-1', 'CSM-4'][1 + CAST(md5_number_lower(account_id) % 2 AS INTEGER)]
        ELSE ['CSM-5', 'CSM-6', 'CSM-7'][1 + CAST(md5_number_lower(account_id) % 3 AS INTEGER)]
    END AS csm_id,
    signup_date AS created_on,
    'USD' AS currency,
    plan_tier AS plan,
    seats,
    CASE WHEN churn_flag = 'True' THEN 'churned' WHEN is_trial = 'True' THEN 'trial' ELSE 'customer' END AS crm_status
FROM raw
