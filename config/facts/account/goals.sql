-- What the customer wants to reach with us, as the success plan has it.
-- goals_known: whole history; count; 0 if none
-- goals_reached: reached before as_of; count; 0 if none
-- goals_open: not reached before as_of; count; 0 if none
SELECT
    account_id,
    count(*) AS goals_known,
    count(reached_on) AS goals_reached,
    count(CASE WHEN reached_on IS NULL THEN 1 END) AS goals_open
FROM goals
GROUP BY account_id
