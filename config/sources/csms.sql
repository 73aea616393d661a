-- Our people: customer success managers with their languages and hours, and those of the other teams.
SELECT
    id AS csm_id,
    name,
    mail AS email,
    speaks AS languages,
    weekly_hours AS hours_per_week,
    model AS touch,
    team
FROM raw
