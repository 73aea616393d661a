-- A session (webinar, workshop, ask the expert) as one account meets it: sessions from 60 days before to 45 days after
-- as_of, for accounts with a contract in force and for whoever registered. Who came, had registered.
-- account_id: at as_of; id
-- session_name: the session's own id; id
-- session_kind: at as_of; text
-- session_topic: at as_of; text
-- session_on: at as_of; date
-- days_to_session: as_of to the session, negative when it is over; days
-- session_stage: at as_of, the lifecycle stage it is for; text
-- session_registered: whole history; boolean
-- session_attended: whole history; boolean
-- session_url: at as_of; text
WITH planned AS (
    SELECT
        *,
        CAST(starts_at AS DATE) AS starts_on
    FROM sessions
    WHERE starts_at >= $as_of - 60 AND starts_at < $as_of + 46
),

heard AS (
    SELECT
        account_id,
        session_id,
        bool_or(kind IN ('webinar', 'workshop')) AS attended
    FROM engagement
    WHERE session_id IS NOT NULL AND kind IN ('booking', 'webinar', 'workshop')
    GROUP BY account_id, session_id
),

customers AS (
    SELECT DISTINCT account_id
    FROM contract_facts
    WHERE contract_active OR contract_trial_active
),

met AS (
    SELECT
        planned.session_id,
        customers.account_id
    FROM planned
    CROSS JOIN customers
    UNION
    SELECT
        session_id,
        account_id
    FROM heard
)

SELECT
    met.session_id || '/' || met.account_id AS session_id,
    met.account_id,
    planned.session_id AS session_name,
    planned.kind AS session_kind,
    planned.topic AS session_topic,
    planned.starts_on AS session_on,
    date_diff('day', $as_of, planned.starts_on) AS days_to_session,
    planned.stage AS session_stage,
    heard.account_id IS NOT NULL AS session_registered,
    coalesce(heard.attended, false) AS session_attended,
    planned.url AS session_url
FROM met
INNER JOIN planned ON met.session_id = planned.session_id
INNER JOIN accounts ON met.account_id = accounts.account_id
LEFT JOIN heard ON met.session_id = heard.session_id AND met.account_id = heard.account_id
