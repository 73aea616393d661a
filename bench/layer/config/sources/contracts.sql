-- The rows are canonical already.
SELECT * FROM raw
