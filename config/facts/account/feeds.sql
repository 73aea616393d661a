-- How late our own sources are: what is not known because a feed is late says nothing of the customer.
-- usage_lag_days: last whole night of usage to as_of; days
-- tickets_lag_days: last whole night of tickets to as_of; days
-- feedback_lag_days: last whole night of feedback to as_of; days
-- invoices_lag_days: last whole night of invoices to as_of; days
-- notes_lag_days: last whole night of notes to as_of; days
SELECT
    account_id,
    date_diff('day', $as_of_usage, $as_of) AS usage_lag_days,
    date_diff('day', $as_of_tickets, $as_of) AS tickets_lag_days,
    date_diff('day', $as_of_feedback, $as_of) AS feedback_lag_days,
    date_diff('day', $as_of_invoices, $as_of) AS invoices_lag_days,
    date_diff('day', $as_of_notes, $as_of) AS notes_lag_days
FROM accounts
