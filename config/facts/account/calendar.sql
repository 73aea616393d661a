-- Where the night stands in the calendar; the same for every account, so that plays can count from it.
-- quarter_start: the quarter of as_of; date
-- quarter_label: the quarter of as_of, such as 2025Q1; text
-- days_into_quarter: the quarter's first day to as_of; days
-- half_start: the half year of as_of; date
-- half_label: the half year of as_of, such as 2025H1; text
-- days_into_half: the half year's first day to as_of; days
WITH starts AS (
    SELECT
        account_id,
        CAST(date_trunc('quarter', $as_of) AS DATE) AS quarter_start,
        make_date(year($as_of), CASE WHEN month($as_of) <= 6 THEN 1 ELSE 7 END, 1) AS half_start
    FROM accounts
)

SELECT
    account_id,
    quarter_start,
    CAST(year(quarter_start) AS VARCHAR) || 'Q' || CAST(quarter(quarter_start) AS VARCHAR) AS quarter_label,
    date_diff('day', quarter_start, $as_of) AS days_into_quarter,
    half_start,
    CAST(year(half_start) AS VARCHAR) || 'H' || CASE WHEN month(half_start) = 1 THEN '1' ELSE '2' END AS half_label,
    date_diff('day', half_start, $as_of) AS days_into_half
FROM starts
