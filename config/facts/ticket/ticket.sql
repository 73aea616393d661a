-- A ticket opened or closed in 120 days before as_of; older ones are history, not subjects.
-- account_id: at as_of; id
-- ticket_opened_on: 120 days before as_of; date
-- ticket_closed_on: 120 days before as_of; date
-- ticket_days_since_closed: closed to as_of; days
-- ticket_priority: at as_of; text
-- ticket_escalated: at as_of; boolean
-- ticket_satisfaction: the customer's rating, 1 to 5; points
-- ticket_hours_to_close: opened to closed; hours
SELECT
    ticket_id,
    account_id,
    CAST(opened_at AS DATE) AS ticket_opened_on,
    CAST(closed_at AS DATE) AS ticket_closed_on,
    date_diff('day', CAST(closed_at AS DATE), $as_of) AS ticket_days_since_closed,
    priority AS ticket_priority,
    coalesce(escalated, false) AS ticket_escalated,
    satisfaction AS ticket_satisfaction,
    CAST(round(date_diff('minute', opened_at, closed_at) / 60, 1) AS DECIMAL(18, 1)) AS ticket_hours_to_close
FROM tickets
WHERE opened_at >= $as_of - 120 OR closed_at >= $as_of - 120
