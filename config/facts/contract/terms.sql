-- The term a contract is in, and the day until which it can be called off.
-- With an end it is one term, from start to end; where it was agreed for a shorter term and the end lies further off, it
-- was renewed or rolled over, and the last term is the one that ends there. Without an end it runs in terms of `term_months` (or of its billing
-- period), counted from the start each time, never from the term before: a contract of January 31 has terms that end
-- on February 29, March 31, April 30. The opt-out deadline is the term's end less the notice; no notice given is none.
-- term_months: at as_of, whole months of a term; months
-- term_number: at as_of, full terms passed plus 1; count
-- term_start: the term of as_of; date
-- term_end: the term of as_of, first day after it; date
-- days_since_term_start: the term's start to as_of; days
-- notice_days: at as_of; days
-- opt_out_deadline: the term of as_of; date
-- days_to_opt_out: as_of to the deadline, negative when it has passed; days
WITH spans AS (
    SELECT
        *,
        date_diff('month', start_on, end_on)
        - CASE WHEN start_on + to_months(CAST(date_diff('month', start_on, end_on) AS INTEGER)) > end_on
            THEN 1 ELSE 0 END AS whole_months
    FROM contracts
),

lengths AS (
    SELECT
        contract_id,
        start_on,
        end_on,
        notice_days,
        CASE
            WHEN end_on IS NULL THEN coalesce(
                CASE WHEN term_months > 0 THEN term_months END,
                CASE billing_period WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 WHEN 'annual' THEN 12 END
            )
            WHEN term_months > 0 AND term_months < whole_months THEN term_months
            ELSE whole_months
        END AS term_months,
        -- Terms before the one that ends at end_on; a few days over are no term of their own.
        CASE WHEN term_months > 0 AND term_months < whole_months THEN (whole_months - 1) // term_months ELSE 0 END
            AS terms_before_end
    FROM spans
),

guesses AS (
    SELECT *, date_diff('month', start_on, $as_of) // nullif(term_months, 0) AS guess
    FROM lengths
),

counted AS (
    SELECT
        *,
        CASE
            WHEN end_on IS NOT NULL THEN terms_before_end
            WHEN start_on + to_months(CAST(guess * term_months AS INTEGER)) > $as_of THEN guess - 1
            ELSE guess
        END AS passed
    FROM guesses
),

terms AS (
    SELECT
        contract_id,
        term_months,
        passed + 1 AS term_number,
        notice_days,
        CAST(start_on + to_months(CAST(passed * term_months AS INTEGER)) AS DATE) AS term_start,
        CAST(coalesce(end_on, start_on + to_months(CAST((passed + 1) * term_months AS INTEGER))) AS DATE) AS term_end
    FROM counted
)

SELECT
    contract_id,
    term_months,
    term_number,
    term_start,
    term_end,
    date_diff('day', term_start, $as_of) AS days_since_term_start,
    coalesce(notice_days, 0) AS notice_days,
    term_end - coalesce(notice_days, 0) AS opt_out_deadline,
    date_diff('day', $as_of, term_end) - coalesce(notice_days, 0) AS days_to_opt_out
FROM terms
