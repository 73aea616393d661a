-- When somebody answered us last.
-- contact_last_reply_on: whole history; date
-- contact_days_since_reply: newest reply to as_of, counted while engagement comes in; days
SELECT
    contact_id,
    CAST(max(happened_at) AS DATE) AS contact_last_reply_on,
    date_diff('day', CAST(max(happened_at) AS DATE), $as_of_engagement) AS contact_days_since_reply
FROM engagement
WHERE kind = 'reply' AND contact_id IS NOT NULL
GROUP BY contact_id
