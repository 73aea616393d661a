-- Whom we know at the account, and who has left.
-- contacts_active: at as_of; count; 0 if none
-- sponsors: at as_of, active contacts with the role sponsor; count; 0 if none
-- champions: at as_of, active contacts with the role champion; count; 0 if none
-- executives: at as_of, active contacts with the role executive; count; 0 if none
-- power_users: at as_of, active contacts with the role power_user; count; 0 if none
-- sponsor_left_90d: a sponsor left in 90 days before as_of; boolean; false if none
-- power_user_left_90d: a power user left in 90 days before as_of; boolean; false if none
WITH known AS (
    SELECT
        account_id,
        role,
        left_on IS NULL OR left_on >= $as_of AS here,
        coalesce(left_on < $as_of AND left_on >= $as_of - 90, false) AS left_lately
    FROM contacts
)

SELECT
    account_id,
    count(CASE WHEN here THEN 1 END) AS contacts_active,
    count(CASE WHEN here AND role = 'sponsor' THEN 1 END) AS sponsors,
    count(CASE WHEN here AND role = 'champion' THEN 1 END) AS champions,
    count(CASE WHEN here AND role = 'executive' THEN 1 END) AS executives,
    count(CASE WHEN here AND role = 'power_user' THEN 1 END) AS power_users,
    bool_or(left_lately AND role = 'sponsor') AS sponsor_left_90d,
    bool_or(left_lately AND role = 'power_user') AS power_user_left_90d
FROM known
GROUP BY account_id
