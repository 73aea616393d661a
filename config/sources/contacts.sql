-- People of the accounts. A marketing consent that was not given is null, which is no consent.
SELECT
    id AS contact_id,
    account AS account_id,
    first AS first_name,
    last AS last_name,
    mail AS email,
    role,
    language,
    timezone,
    marketing AS consent,
    "left" AS left_on
FROM raw
