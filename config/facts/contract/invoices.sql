-- What is billed for a contract. An invoice that names no contract belongs to the only one its account has.
-- contract_invoices_overdue: due and not paid before as_of; count; 0 if none
-- contract_paid: the newest invoice issued in the term of as_of is paid; boolean
WITH sole AS (
    SELECT
        account_id,
        min(contract_id) AS contract_id
    FROM contract_facts
    GROUP BY account_id
    HAVING count(*) = 1
),

billed AS (
    SELECT
        coalesce(invoices.contract_id, sole.contract_id) AS contract_id,
        invoices.invoice_id,
        invoices.issued_on,
        invoices.paid_on,
        coalesce(invoices.paid_on IS NULL AND invoices.due_on < $as_of_invoices, false) AS overdue
    FROM invoices
    LEFT JOIN sole ON invoices.contract_id IS NULL AND invoices.account_id = sole.account_id
)

SELECT
    contract_facts.contract_id,
    count(CASE WHEN billed.overdue THEN 1 END) AS contract_invoices_overdue,
    last(billed.paid_on IS NOT NULL ORDER BY billed.issued_on, billed.invoice_id)
        FILTER (WHERE billed.issued_on >= contract_facts.term_start) AS contract_paid
FROM billed
INNER JOIN contract_facts ON billed.contract_id = contract_facts.contract_id
GROUP BY contract_facts.contract_id
