-- What we did ourselves, from our own event log.
-- messages_28d: sent in 28 days before as_of; count; 0 if none
-- last_message_on: whole history; date
-- health_override: newest override of the health band by a person; text
SELECT
    account_id,
    count(CASE WHEN kind = 'message_sent' AND effective_at >= $as_of - 28 THEN 1 END) AS messages_28d,
    max(CASE WHEN kind = 'message_sent' THEN CAST(effective_at AS DATE) END) AS last_message_on,
    last(outcome ORDER BY effective_at, event_seq)
        FILTER (WHERE kind = 'overridden' AND step = 'health') AS health_override
FROM events
WHERE account_id IS NOT NULL
GROUP BY account_id
