-- Made for this project and added to the set, with 16 rows damaged on purpose (README.md).
SELECT
    contact_id, account_id, first_name, last_name, email, role, language, timezone,
    marketing_consent AS consent,
    left_on
FROM raw
