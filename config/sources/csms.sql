-- The team: customer success managers, their languages and hours.
SELECT
    id AS csm_id,
    name,
    mail AS email,
    speaks AS languages,
    weekly_hours AS hours_per_week,
    model AS touch
FROM raw
