-- The support desk. Times are UTC; stars are 1 to 5, null without an answer.
SELECT
    ticket AS ticket_id,
    account AS account_id,
    opened AS opened_at,
    closed AS closed_at,
    priority,
    first_reply_minutes AS first_response_minutes,
    stars AS satisfaction,
    escalated
FROM raw
