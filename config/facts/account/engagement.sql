-- How the customer answers us: replies, bookings, meetings, sessions, messages in the product, clicks.
-- A meeting has taken place when it is recorded as one; what is booked has not.
-- last_reply_on: whole history; date
-- days_since_reply: newest reply to as_of, counted while engagement comes in; days
-- replies_28d: 28 days before as_of; count; 0 if none
-- replies_90d: 90 days before as_of; count; 0 if none
-- last_booking_on: whole history; date
-- next_meeting_on: booked or planned, from as_of on; date
-- last_meeting_on: whole history; date
-- days_since_meeting: newest meeting to as_of, counted while engagement comes in; days
-- meetings_90d: 90 days before as_of; count; 0 if none
-- webinars_attended_180d: 180 days before as_of, workshops too; count; 0 if none
-- engagement_28d: 28 days before as_of, of any kind; count; 0 if none
-- engagement_28d_before: 56 to 29 days before as_of, of any kind; count; 0 if none
-- inapp_28d: 28 days before as_of, in the product; count; 0 if none
WITH aged AS (
    SELECT
        *,
        CAST(happened_at AS DATE) AS happened_on,
        greatest($as_of_engagement - CAST(happened_at AS DATE), 0) AS age
    FROM engagement
)

SELECT
    account_id,
    max(CASE WHEN kind = 'reply' THEN happened_on END) AS last_reply_on,
    min(CASE WHEN kind = 'reply' THEN age END) AS days_since_reply,
    count(CASE WHEN kind = 'reply' AND age <= 28 THEN 1 END) AS replies_28d,
    count(CASE WHEN kind = 'reply' AND age <= 90 THEN 1 END) AS replies_90d,
    max(CASE WHEN kind = 'booking' THEN happened_on END) AS last_booking_on,
    min(CASE WHEN kind IN ('booking', 'meeting') AND meets_on >= $as_of THEN meets_on END) AS next_meeting_on,
    max(CASE WHEN kind = 'meeting' THEN happened_on END) AS last_meeting_on,
    min(CASE WHEN kind = 'meeting' THEN age END) AS days_since_meeting,
    count(CASE WHEN kind = 'meeting' AND age <= 90 THEN 1 END) AS meetings_90d,
    count(CASE WHEN kind IN ('webinar', 'workshop') AND age <= 180 THEN 1 END) AS webinars_attended_180d,
    count(CASE WHEN age <= 28 THEN 1 END) AS engagement_28d,
    count(CASE WHEN age BETWEEN 29 AND 56 THEN 1 END) AS engagement_28d_before,
    count(CASE WHEN kind = 'in_app' AND age <= 28 THEN 1 END) AS inapp_28d
FROM aged
GROUP BY account_id
