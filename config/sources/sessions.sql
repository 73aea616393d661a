-- Sessions for many accounts at once; stage is the lifecycle stage it is meant for, null for all. Times are UTC.
SELECT
    id AS session_id,
    kind,
    topic,
    starts AS starts_at,
    stage,
    language,
    seats,
    link AS url
FROM raw
