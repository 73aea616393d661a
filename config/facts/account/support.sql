-- What the support desk knows. No ticket in 90 days is ambiguous, not perfect: the health rules say what it is worth.
-- tickets_30d: opened 30 days before as_of; count; 0 if none
-- tickets_90d: opened 90 days before as_of; count; 0 if none
-- tickets_open: opened and not closed before as_of; count; 0 if none
-- tickets_urgent_90d: opened 90 days before as_of, priority urgent; count; 0 if none
-- tickets_escalated_90d: opened 90 days before as_of, escalated; count; 0 if none
-- first_response_minutes_90d: tickets opened 90 days before as_of, mean; minutes
-- satisfaction_180d: answers on tickets opened 180 days before as_of, mean of 1 to 5; points
-- satisfaction_answers_180d: the answers behind it; count; 0 if none
-- days_since_satisfaction: newest ticket with an answer to as_of, counted while tickets come in; days
-- days_since_ticket: newest ticket to as_of, counted while tickets come in; days
WITH aged AS (
    SELECT
        *,
        greatest($as_of_tickets - CAST(opened_at AS DATE), 0) AS age
    FROM tickets
)

SELECT
    account_id,
    count(CASE WHEN age <= 30 THEN 1 END) AS tickets_30d,
    count(CASE WHEN age <= 90 THEN 1 END) AS tickets_90d,
    count(CASE WHEN closed_at IS NULL THEN 1 END) AS tickets_open,
    count(CASE WHEN age <= 90 AND priority = 'urgent' THEN 1 END) AS tickets_urgent_90d,
    count(CASE WHEN age <= 90 AND escalated THEN 1 END) AS tickets_escalated_90d,
    CAST(round(sum(CASE WHEN age <= 90 THEN first_response_minutes END)
        / nullif(count(CASE WHEN age <= 90 THEN first_response_minutes END), 0), 1) AS DECIMAL(18, 1))
        AS first_response_minutes_90d,
    CAST(round(sum(CASE WHEN age <= 180 THEN satisfaction END)
        / nullif(count(CASE WHEN age <= 180 THEN satisfaction END), 0), 2) AS DECIMAL(9, 2)) AS satisfaction_180d,
    count(CASE WHEN age <= 180 THEN satisfaction END) AS satisfaction_answers_180d,
    min(CASE WHEN satisfaction IS NOT NULL THEN age END) AS days_since_satisfaction,
    min(age) AS days_since_ticket
FROM aged
GROUP BY account_id
