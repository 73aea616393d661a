-- What a customer wants to reach with us, and when it did.
SELECT
    id AS goal_id,
    account AS account_id,
    "set" AS set_on,
    horizon,
    kpi,
    target,
    reached AS reached_on
FROM raw
