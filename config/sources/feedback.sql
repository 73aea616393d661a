-- Answers to surveys: nps 0-10, csat 1-5, ces 1-7 (7 is easy). Times are UTC.
SELECT
    id AS feedback_id,
    account AS account_id,
    contact AS contact_id,
    answered AS answered_at,
    survey AS kind,
    scale,
    score,
    words AS comment
FROM raw
