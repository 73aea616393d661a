-- Notes of all teams. A pulse is the CSM's own feeling about the account, 1 to 5. Times are UTC.
SELECT
    id AS note_id,
    account AS account_id,
    written AS written_at,
    author AS author_id,
    team,
    kind,
    pulse,
    text AS body
FROM raw
