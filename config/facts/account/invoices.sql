-- What is billed and not paid. An invoice is overdue from the day after it is due; one without that day never is.
-- invoices_known: whole history, an invoice of the account is known; boolean; false if none
-- invoices_open: issued and not paid before as_of; count; 0 if none
-- invoices_overdue: due and not paid before as_of; count; 0 if none
-- overdue_minor: due and not paid before as_of, none when in several currencies; minor units; 0 if none
-- oldest_overdue_on: the day the oldest of them was due; date
-- days_overdue: that day to as_of, counted while invoices come in; days
WITH known AS (
    SELECT
        *,
        coalesce(paid_on IS NULL AND due_on < $as_of_invoices, false) AS overdue
    FROM invoices
)

SELECT
    account_id,
    count(*) > 0 AS invoices_known,
    count(CASE WHEN paid_on IS NULL THEN 1 END) AS invoices_open,
    count(CASE WHEN overdue THEN 1 END) AS invoices_overdue,
    CASE WHEN count(DISTINCT CASE WHEN overdue THEN currency END) <= 1
        THEN CAST(sum(CASE WHEN overdue THEN amount_minor ELSE 0 END) AS BIGINT) END AS overdue_minor,
    min(CASE WHEN overdue THEN due_on END) AS oldest_overdue_on,
    date_diff('day', min(CASE WHEN overdue THEN due_on END), $as_of_invoices) AS days_overdue
FROM known
GROUP BY account_id
