-- Accounts that became another one: all that was theirs belongs to it from that day on.
SELECT
    account AS account_id,
    "into" AS into_id,
    day AS merged_on
FROM raw
