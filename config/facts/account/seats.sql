-- How many of the seats are used; the CRM's seats, else those of the contracts.
-- seat_use: 28 days before as_of, most users of one row over seats; ratio
WITH busy AS (
    SELECT
        account_id,
        contract_id,
        max(users) AS users
    FROM usage
    WHERE day >= $as_of_usage - 28 AND day < $as_of_usage
    GROUP BY account_id, contract_id
),

used AS (
    SELECT
        coalesce(busy.account_id, contracts.account_id) AS account_id,
        max(busy.users) AS users
    FROM busy
    LEFT JOIN contracts ON busy.account_id IS NULL AND busy.contract_id = contracts.contract_id
    GROUP BY coalesce(busy.account_id, contracts.account_id)
),

bought AS (
    SELECT
        account_id,
        sum(CASE WHEN contract_active THEN contract_seats END) AS seats
    FROM contract_facts
    GROUP BY account_id
)

SELECT
    used.account_id,
    CAST(round(used.users / nullif(coalesce(accounts.seats, bought.seats), 0), 4) AS DECIMAL(18, 4)) AS seat_use
FROM used
INNER JOIN accounts ON used.account_id = accounts.account_id
LEFT JOIN bought ON used.account_id = bought.account_id
