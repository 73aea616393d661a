-- What the customer has left unanswered. What goes to several people on a day is one message. Where nobody
-- has ever been heard of (no source tells of replies), nobody can be said to be silent.
-- unanswered_messages: ours since the last reply; count; 0 if none
-- days_unanswered: the first of them to as_of, counted while engagement comes in; days; 0 if none
WITH heard AS (
    SELECT
        account_id,
        max(happened_at) AS last_at
    FROM engagement
    WHERE kind IN ('reply', 'booking', 'meeting')
    GROUP BY account_id
),

ours AS (
    SELECT
        account_id,
        CAST(effective_at AS DATE) AS sent_on,
        effective_at
    FROM events
    WHERE account_id IS NOT NULL AND kind = 'message_sent' AND coalesce(name, 'email') IN ('email', 'inapp')
),

left_open AS (
    SELECT ours.*
    FROM ours
    LEFT JOIN heard USING (account_id)
    WHERE heard.last_at IS NULL OR ours.effective_at > heard.last_at
)

SELECT
    account_id,
    count(DISTINCT sent_on) AS unanswered_messages,
    greatest(date_diff('day', min(sent_on), $as_of_engagement), 0) AS days_unanswered
FROM left_open
WHERE EXISTS (SELECT 1 FROM engagement)
GROUP BY account_id
