-- The pipeline: expected is what sales hopes for, closed the day it came, with its result.
SELECT
    id AS opportunity_id,
    account AS account_id,
    contract AS contract_id,
    kind,
    stage,
    cents AS amount_minor,
    'USD' AS currency,
    opened AS opened_on,
    expected AS close_on,
    closed AS closed_on,
    CASE result WHEN 'won' THEN true WHEN 'lost' THEN false END AS won
FROM raw
