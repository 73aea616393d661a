-- What our own teams have written down of the account. The pulse is the CSM's own feeling, 1 (gone) to 5 (delighted).
-- notes_90d: 90 days before as_of; count; 0 if none
-- days_since_note: newest note to as_of; days
-- notes_sales: whole history, by sales; count; 0 if none
-- notes_support: whole history, by support; count; 0 if none
-- notes_product: whole history, by product; count; 0 if none
-- reasons_known: whole history, why they bought; count; 0 if none
-- concerns_known: whole history, what worries them; count; 0 if none
-- hopes_known: whole history, what they look forward to; count; 0 if none
-- promises_known: whole history, what we promised; count; 0 if none
-- pulse: newest note with one; points
-- days_since_pulse: that note to as_of, counted while notes come in; days
WITH aged AS (
    SELECT
        *,
        greatest($as_of_notes - CAST(written_at AS DATE), 0) AS age
    FROM notes
)

SELECT
    account_id,
    count(CASE WHEN age <= 90 THEN 1 END) AS notes_90d,
    min(age) AS days_since_note,
    count(CASE WHEN lower(team) = 'sales' THEN 1 END) AS notes_sales,
    count(CASE WHEN lower(team) = 'support' THEN 1 END) AS notes_support,
    count(CASE WHEN lower(team) = 'product' THEN 1 END) AS notes_product,
    count(CASE WHEN kind = 'reason' THEN 1 END) AS reasons_known,
    count(CASE WHEN kind = 'concern' THEN 1 END) AS concerns_known,
    count(CASE WHEN kind = 'hope' THEN 1 END) AS hopes_known,
    count(CASE WHEN kind = 'promise' THEN 1 END) AS promises_known,
    last(pulse ORDER BY written_at, note_id) FILTER (WHERE pulse IS NOT NULL) AS pulse,
    min(CASE WHEN pulse IS NOT NULL THEN age END) AS days_since_pulse
FROM aged
GROUP BY account_id
