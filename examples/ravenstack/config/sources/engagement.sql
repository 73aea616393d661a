-- What came from the customer; meets is the day that a booking booked, message our own Message-ID. Times are UTC.
SELECT
    id AS engagement_id,
    account AS account_id,
    contact AS contact_id,
    "at" AS happened_at,
    kind,
    message AS message_id,
    meets AS meets_on,
    session AS session_id
FROM raw
