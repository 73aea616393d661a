-- How sales stands with a contract's renewal: what was closed since the term of as_of began is about the next term.
-- An opportunity that names no contract belongs to the only one its account has.
-- renewal_won: closed and won since the term began; boolean; false if none
-- renewal_open: at as_of; boolean; false if none
-- renewal_closed_on: newest one closed since the term began; date
WITH sole AS (
    SELECT
        account_id,
        min(contract_id) AS contract_id
    FROM contract_facts
    GROUP BY account_id
    HAVING count(*) = 1
),

talks AS (
    SELECT
        coalesce(opportunities.contract_id, sole.contract_id) AS contract_id,
        opportunities.closed_on,
        coalesce(opportunities.won, false) AS won
    FROM opportunities
    LEFT JOIN sole ON opportunities.contract_id IS NULL AND opportunities.account_id = sole.account_id
    WHERE lower(opportunities.kind) = 'renewal' AND (opportunities.opened_on IS NULL OR opportunities.opened_on < $as_of)
)

SELECT
    contract_facts.contract_id,
    coalesce(bool_or(talks.won AND talks.closed_on >= contract_facts.term_start), false) AS renewal_won,
    bool_or(talks.closed_on IS NULL) AS renewal_open,
    max(CASE WHEN talks.closed_on >= contract_facts.term_start THEN talks.closed_on END) AS renewal_closed_on
FROM talks
INNER JOIN contract_facts ON talks.contract_id = contract_facts.contract_id
GROUP BY contract_facts.contract_id
