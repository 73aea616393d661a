-- How much the product is used, in one scan. A row without account belongs to the account of its contract.
-- The trend compares the account with itself: the median week of the last four against the median week of the weeks
-- 12 to 5 before as_of, each week seven days; `usage_base_events` says how much stands behind it.
-- All windows end where our knowledge of usage ends: a feed that is late makes nobody's usage drop.
-- usage_7d: 7 days before as_of; count; 0 if none
-- usage_28d: 28 days before as_of; count; 0 if none
-- usage_28d_before: 56 to 29 days before as_of; count; 0 if none
-- usage_minutes_28d: 28 days before as_of; minutes; 0 if none
-- usage_errors_28d: 28 days before as_of; count; 0 if none
-- usage_days_28d: 28 days before as_of, days with usage; count; 0 if none
-- usage_users_28d: 28 days before as_of, most users of one row; count
-- usage_base_events: 91 to 36 days before as_of; count; 0 if none
-- usage_base_week: median week of 91 to 36 days before as_of; count
-- usage_recent_week: median week of 28 days before as_of; count
-- usage_trend: recent week over base week; ratio
-- first_usage_on: whole history; date
-- last_usage_on: whole history; date
-- days_since_usage: last usage to as_of, counted while usage comes in; days
WITH aged AS (
    SELECT
        account_id,
        contract_id,
        day,
        $as_of_usage - day AS age,
        ($as_of_usage - day - 1) // 7 AS week,
        count,
        users,
        minutes,
        errors
    FROM usage
    WHERE day < $as_of_usage
),

summed AS (
    SELECT
        account_id,
        contract_id,
        sum(CASE WHEN week = 0 THEN count END) AS w0,
        sum(CASE WHEN week = 1 THEN count END) AS w1,
        sum(CASE WHEN week = 2 THEN count END) AS w2,
        sum(CASE WHEN week = 3 THEN count END) AS w3,
        sum(CASE WHEN week = 5 THEN count END) AS w5,
        sum(CASE WHEN week = 6 THEN count END) AS w6,
        sum(CASE WHEN week = 7 THEN count END) AS w7,
        sum(CASE WHEN week = 8 THEN count END) AS w8,
        sum(CASE WHEN week = 9 THEN count END) AS w9,
        sum(CASE WHEN week = 10 THEN count END) AS w10,
        sum(CASE WHEN week = 11 THEN count END) AS w11,
        sum(CASE WHEN week = 12 THEN count END) AS w12,
        sum(CASE WHEN week BETWEEN 4 AND 7 THEN count END) AS before,
        sum(CASE WHEN week < 4 THEN minutes END) AS minutes,
        sum(CASE WHEN week < 4 THEN errors END) AS errors,
        max(CASE WHEN week < 4 THEN users END) AS users,
        bit_or(CASE WHEN week < 4 THEN CAST(1 AS BIGINT) << CAST(age - 1 AS INTEGER) END) AS days,
        min(day) AS first_day,
        max(day) AS last_day
    FROM aged
    GROUP BY account_id, contract_id
),

owned AS (
    SELECT summed.* REPLACE (coalesce(summed.account_id, contracts.account_id) AS account_id)
    FROM summed
    LEFT JOIN contracts ON summed.account_id IS NULL AND summed.contract_id = contracts.contract_id
),

totals AS (
    SELECT
        account_id,
        coalesce(sum(w0), 0) AS w0,
        coalesce(sum(w1), 0) AS w1,
        coalesce(sum(w2), 0) AS w2,
        coalesce(sum(w3), 0) AS w3,
        coalesce(sum(w5), 0) AS w5,
        coalesce(sum(w6), 0) AS w6,
        coalesce(sum(w7), 0) AS w7,
        coalesce(sum(w8), 0) AS w8,
        coalesce(sum(w9), 0) AS w9,
        coalesce(sum(w10), 0) AS w10,
        coalesce(sum(w11), 0) AS w11,
        coalesce(sum(w12), 0) AS w12,
        coalesce(sum(before), 0) AS before,
        coalesce(sum(minutes), 0) AS minutes,
        coalesce(sum(errors), 0) AS errors,
        max(users) AS users,
        bit_count(coalesce(bit_or(days), 0)) AS days,
        min(first_day) AS first_day,
        max(last_day) AS last_day
    FROM owned
    WHERE account_id IS NOT NULL
    GROUP BY account_id
),

sorted AS (
    SELECT
        *,
        list_sort([w5, w6, w7, w8, w9, w10, w11, w12]) AS base,
        list_sort([w0, w1, w2, w3]) AS recent
    FROM totals
)

SELECT
    account_id,
    CAST(w0 AS BIGINT) AS usage_7d,
    CAST(w0 + w1 + w2 + w3 AS BIGINT) AS usage_28d,
    CAST(before AS BIGINT) AS usage_28d_before,
    CAST(minutes AS DECIMAL(18, 2)) AS usage_minutes_28d,
    CAST(errors AS BIGINT) AS usage_errors_28d,
    CAST(days AS INTEGER) AS usage_days_28d,
    users AS usage_users_28d,
    CAST(w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12 AS BIGINT) AS usage_base_events,
    CAST((base[4] + base[5]) / 2 AS DECIMAL(18, 1)) AS usage_base_week,
    CAST((recent[2] + recent[3]) / 2 AS DECIMAL(18, 1)) AS usage_recent_week,
    CAST(round((recent[2] + recent[3]) / nullif(base[4] + base[5], 0), 4) AS DECIMAL(18, 4)) AS usage_trend,
    first_day AS first_usage_on,
    last_day AS last_usage_on,
    date_diff('day', last_day, $as_of_usage) AS days_since_usage
FROM sorted
