-- Billing's invoices, in cents. paid is known only when it has come.
SELECT
    invoice_no AS invoice_id,
    account AS account_id,
    contract AS contract_id,
    issued AS issued_on,
    due AS due_on,
    paid AS paid_on,
    cents AS amount_minor,
    currency
FROM raw
