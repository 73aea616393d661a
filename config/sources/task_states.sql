-- Our tasks as the CRM shows them, one row a task: what was closed there is closed here. Times are UTC.
SELECT
    task AS task_id,
    state,
    changed AS changed_at,
    "by" AS changed_by
FROM raw
