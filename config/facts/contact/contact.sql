-- Who somebody is to the account; names and addresses are not facts.
-- account_id: at as_of; id
-- contact_role: at as_of; text
-- contact_language: at as_of; text
-- contact_timezone: at as_of; text
-- contact_consent: at as_of; text
-- contact_active: at as_of, has not left; boolean
SELECT
    contact_id,
    account_id,
    role AS contact_role,
    language AS contact_language,
    timezone AS contact_timezone,
    consent AS contact_consent,
    left_on IS NULL OR left_on >= $as_of AS contact_active
FROM contacts
