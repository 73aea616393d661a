-- What sales works on at the account. An opportunity is open until the day it is closed.
-- opportunities_open: at as_of; count; 0 if none
-- expansion_open: at as_of, of kind expansion; count; 0 if none
-- expansion_open_minor: at as_of, of kind expansion, none when in several currencies; minor units; 0 if none
-- expansion_won_180d: closed and won in 180 days before as_of, of kind expansion; count; 0 if none
-- renewals_lost_180d: closed and lost in 180 days before as_of, of kind renewal; count; 0 if none
WITH known AS (
    SELECT
        *,
        lower(kind) = 'expansion' AS expansion,
        closed_on IS NULL AS open,
        coalesce(closed_on >= $as_of - 180, false) AS closed_lately
    FROM opportunities
    WHERE opened_on IS NULL OR opened_on < $as_of
)

SELECT
    account_id,
    count(CASE WHEN open THEN 1 END) AS opportunities_open,
    count(CASE WHEN open AND expansion THEN 1 END) AS expansion_open,
    CASE WHEN count(DISTINCT CASE WHEN open AND expansion THEN currency END) <= 1
        THEN CAST(sum(CASE WHEN open AND expansion THEN amount_minor ELSE 0 END) AS BIGINT) END
        AS expansion_open_minor,
    count(CASE WHEN closed_lately AND won AND expansion THEN 1 END) AS expansion_won_180d,
    count(CASE WHEN closed_lately AND NOT won AND lower(kind) = 'renewal' THEN 1 END) AS renewals_lost_180d
FROM known
GROUP BY account_id
