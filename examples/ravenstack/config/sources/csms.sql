-- Made for this project and added to the set.
SELECT csm_id, name, email, languages, hours_per_week, touch
FROM raw
