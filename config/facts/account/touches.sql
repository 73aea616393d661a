-- What we sent ourselves, from our own event log. Notices to our own people are no messages to the customer.
-- messages_28d: sent in 28 days before as_of; count; 0 if none
-- last_message_on: whole history; date
-- days_since_message: newest message to as_of; days
SELECT
    account_id,
    count(CASE WHEN effective_at >= $as_of - 28 THEN 1 END) AS messages_28d,
    CAST(max(effective_at) AS DATE) AS last_message_on,
    date_diff('day', CAST(max(effective_at) AS DATE), $as_of) AS days_since_message
FROM events
WHERE account_id IS NOT NULL AND kind = 'message_sent' AND coalesce(name, 'email') IN ('email', 'inapp')
GROUP BY account_id
