-- What a night has to decide, as somebody who knows DuckDB and these four plays would ask it, once, over the same files:
-- the steps that are due, the enrollments that end ('-'), and the subjects that are to be enrolled ('+' and the play).
-- It knows no shifts, no lateness, no caps and nobody to write to; {names} are filled in by bench/due.py.
WITH
days(play_hash, step, day) AS (VALUES
    ('{bench_start}', 'hello', 15), ('{bench_start}', 'look', 60),
    ('{bench_start}', 'review', 150), ('{bench_start}', 'year', 330),
    ('{bench_care}', 'first', 40), ('{bench_care}', 'second', 110),
    ('{bench_care}', 'third', 210), ('{bench_care}', 'fourth', 300),
    ('{bench_term}', 'welcome', 5), ('{bench_term}', 'check', 95),
    ('{bench_term}', 'half', 182), ('{bench_term}', 'late', 280),
    ('{bench_renewal}', 'outlook', -180), ('{bench_renewal}', 'plan', -120),
    ('{bench_renewal}', 'notice-60', -60), ('{bench_renewal}', 'notice-30', -30),
    ('{bench_start}', 'last', 1000), ('{bench_care}', 'last', 1000), ('{bench_term}', 'last', 1000),
    ('{bench_renewal}', 'last', 300)),
accounts AS MATERIALIZED (
    SELECT 'account:' || account_id AS subject, first_contract_start AS anchor, first_contract_id || '/1' AS occurrence,
        "{bench_start}.audience" AS start_in, "{bench_care}.audience" AS care_in,
        "{bench_start}.exit.stop" AS start_out, "{bench_care}.exit.stop" AS care_out
    FROM '{night}/sheet_account.parquet' JOIN '{night}/truth_account.parquet' USING (account_id)),
contracts AS MATERIALIZED (
    SELECT 'contract:' || contract_id AS subject, start_on, opt_out_deadline, contract_id || '/1' AS first,
        contract_id || '/' || term_number AS term,
        "{bench_term}.audience" AS term_in, "{bench_renewal}.audience" AS renewal_in,
        "{bench_term}.exit.stop" AS term_out, "{bench_renewal}.exit.stop" AS renewal_out
    FROM '{night}/sheet_contract.parquet' JOIN '{night}/truth_contract.parquet' USING (contract_id)),
subjects(play, play_hash, subject, anchor, occurrence, comes, goes) AS (
    SELECT 'bench-start', '{bench_start}', subject, anchor, occurrence, start_in, start_out FROM accounts
    UNION ALL SELECT 'bench-care', '{bench_care}', subject, anchor, occurrence, care_in, care_out FROM accounts
    UNION ALL SELECT 'bench-term', '{bench_term}', subject, start_on, first, term_in, term_out FROM contracts
    UNION ALL
    SELECT 'bench-renewal', '{bench_renewal}', subject, opt_out_deadline, term, renewal_in, renewal_out FROM contracts),
enrolled AS MATERIALIZED (
    SELECT enrollment_id, play_hash, subject, occurrence, ended_on FROM '{night}/history_enrollments.parquet'),
running AS MATERIALIZED (
    SELECT e.enrollment_id, e.play_hash, s.anchor, coalesce(s.goes, false) OR s.occurrence <> e.occurrence AS goes
    FROM enrolled e JOIN subjects s USING (play_hash, subject) WHERE e.ended_on IS NULL),
finished AS (
    SELECT enrollment_id FROM '{night}/history_steps.parquet' GROUP BY enrollment_id
    HAVING count(*) = 5 AND count(*) = count(outcome))
SELECT r.enrollment_id, d.step
FROM running r JOIN days d USING (play_hash)
ANTI JOIN '{night}/history_steps.parquet' t ON t.enrollment_id = r.enrollment_id AND t.step = d.step
WHERE NOT r.goes AND r.anchor + d.day <= {as_of}
UNION ALL
SELECT enrollment_id, '-' FROM running WHERE goes OR enrollment_id IN (FROM finished)
UNION ALL
SELECT s.subject, '+' || s.play
FROM subjects s ANTI JOIN enrolled e USING (play_hash, subject, occurrence)
WHERE s.comes AND s.occurrence IS NOT NULL
