-- Who the account is, as the CRM knows it.
-- name: at as_of; text
-- industry: at as_of; text
-- company_type: at as_of; text
-- employees: at as_of; count
-- annual_revenue_minor: at as_of; minor units
-- country: at as_of; text
-- timezone: at as_of; text
-- language: at as_of; text
-- csm_id: at as_of; id
-- sales_id: at as_of; id
-- parent_id: at as_of; id
-- plan: at as_of; text
-- seats: at as_of; count
-- crm_status: at as_of; text
-- created_on: at as_of; date
SELECT
    account_id,
    name,
    industry,
    company_type,
    employees,
    annual_revenue_minor,
    country,
    timezone,
    language,
    csm_id,
    sales_id,
    parent_id,
    plan,
    seats,
    crm_status,
    created_on
FROM accounts
