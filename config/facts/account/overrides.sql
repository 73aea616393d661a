-- What a person has set by hand: the newest override of a name that has not been lifted and holds up to its last day.
-- health_override: at as_of; text
-- segment_override: at as_of; text
-- stage_override: at as_of; text
-- touch_override: at as_of; text
WITH ranked AS (
    SELECT
        account_id,
        name,
        value,
        until,
        row_number() OVER (PARTITION BY account_id, name ORDER BY effective_at DESC, event_seq DESC) AS place
    FROM events
    WHERE kind = 'overridden' AND account_id IS NOT NULL
),

held AS (
    SELECT
        account_id,
        name,
        value
    FROM ranked
    WHERE place = 1 AND (until IS NULL OR until >= $as_of)
)

SELECT
    account_id,
    max(CASE WHEN name = 'health' THEN value END) AS health_override,
    max(CASE WHEN name = 'segment' THEN value END) AS segment_override,
    max(CASE WHEN name = 'stage' THEN value END) AS stage_override,
    max(CASE WHEN name = 'touch' THEN value END) AS touch_override
FROM held
GROUP BY account_id
