-- CRM accounts. Money is kept in cents; what is no number is passed on as it is, so that the row is set aside with its value.
SELECT
    id AS account_id,
    company AS name,
    website AS domain,
    industry,
    type AS company_type,
    headcount AS employees,
    coalesce(CAST(CAST(TRY_CAST(revenue_usd AS DECIMAL(18, 2)) * 100 AS BIGINT) AS VARCHAR), revenue_usd) AS annual_revenue_minor,
    'USD' AS currency,
    country,
    timezone,
    language,
    owner AS csm_id,
    sales AS sales_id,
    parent AS parent_id,
    customer_since AS created_on,
    plan,
    seats,
    status AS crm_status
FROM raw
