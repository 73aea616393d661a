-- What the customer says in surveys: the newest answer of each kind, and how old it is.
-- NPS is 0 to 10 (Reichheld), CSAT 1 to 5 of which 4 and 5 count (top two boxes), CES 2.0 is 1 to 7 (Gartner).
-- nps: newest answer; points
-- days_since_nps: newest answer to as_of, counted while answers come in; days
-- csat: newest answer; points
-- days_since_csat: newest answer to as_of, counted while answers come in; days
-- ces: newest answer; points
-- days_since_ces: newest answer to as_of, counted while answers come in; days
-- nps_before: the answer before the newest; points
-- last_nps_on: newest answer; date
-- last_nps_id: newest answer; id
-- last_csat_on: newest answer; date
-- last_csat_id: newest answer; id
-- last_ces_on: newest answer; date
-- last_ces_id: newest answer; id
-- feedback_180d: answers of any kind in 180 days before as_of; count; 0 if none
WITH ranked AS (
    SELECT
        account_id,
        upper(kind) AS kind,
        score,
        feedback_id,
        CAST(answered_at AS DATE) AS answered_on,
        greatest($as_of_feedback - CAST(answered_at AS DATE), 0) AS age,
        row_number() OVER (PARTITION BY account_id, upper(kind) ORDER BY answered_at DESC, feedback_id DESC) AS place
    FROM feedback
    WHERE score IS NOT NULL
)

SELECT
    account_id,
    max(CASE WHEN place = 1 AND kind = 'NPS' THEN score END) AS nps,
    max(CASE WHEN place = 1 AND kind = 'NPS' THEN age END) AS days_since_nps,
    max(CASE WHEN place = 1 AND kind = 'CSAT' THEN score END) AS csat,
    max(CASE WHEN place = 1 AND kind = 'CSAT' THEN age END) AS days_since_csat,
    max(CASE WHEN place = 1 AND kind = 'CES' THEN score END) AS ces,
    max(CASE WHEN place = 1 AND kind = 'CES' THEN age END) AS days_since_ces,
    max(CASE WHEN place = 2 AND kind = 'NPS' THEN score END) AS nps_before,
    max(CASE WHEN place = 1 AND kind = 'NPS' THEN answered_on END) AS last_nps_on,
    max(CASE WHEN place = 1 AND kind = 'NPS' THEN feedback_id END) AS last_nps_id,
    max(CASE WHEN place = 1 AND kind = 'CSAT' THEN answered_on END) AS last_csat_on,
    max(CASE WHEN place = 1 AND kind = 'CSAT' THEN feedback_id END) AS last_csat_id,
    max(CASE WHEN place = 1 AND kind = 'CES' THEN answered_on END) AS last_ces_on,
    max(CASE WHEN place = 1 AND kind = 'CES' THEN feedback_id END) AS last_ces_id,
    count(CASE WHEN age <= 180 THEN 1 END) AS feedback_180d
FROM ranked
GROUP BY account_id
