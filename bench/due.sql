-- Which steps are due tonight, as somebody who knows DuckDB and these four plays would ask it, once, over the same files.
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
subjects AS (
    SELECT 'account:' || account_id AS subject, first_contract_start AS start_on, NULL::DATE AS deadline,
        first_contract_id || '/1' AS first_occurrence, NULL AS term_occurrence,
        "{bench_start}.exit.stop" AS start_stops, "{bench_care}.exit.stop" AS care_stops,
        NULL::BOOLEAN AS term_stops, NULL::BOOLEAN AS renewal_stops
    FROM '{night}/sheet_account.parquet' JOIN '{night}/truth_account.parquet' USING (account_id)
    UNION ALL
    SELECT 'contract:' || contract_id, start_on, opt_out_deadline,
        contract_id || '/1', contract_id || '/' || term_number,
        NULL, NULL, "{bench_term}.exit.stop", "{bench_renewal}.exit.stop"
    FROM '{night}/sheet_contract.parquet' JOIN '{night}/truth_contract.parquet' USING (contract_id)),
running AS (
    SELECT e.enrollment_id, e.play_hash,
        CASE WHEN e.play_hash = '{bench_renewal}' THEN s.deadline ELSE s.start_on END AS anchor
    FROM '{night}/history_enrollments.parquet' e JOIN subjects s USING (subject)
    WHERE e.ended_on IS NULL
        AND e.occurrence = CASE WHEN e.play_hash = '{bench_renewal}' THEN s.term_occurrence ELSE s.first_occurrence END
        AND NOT coalesce(CASE e.play_hash
            WHEN '{bench_start}' THEN s.start_stops WHEN '{bench_care}' THEN s.care_stops
            WHEN '{bench_term}' THEN s.term_stops ELSE s.renewal_stops END, false))
SELECT r.enrollment_id, d.step
FROM running r JOIN days d USING (play_hash)
ANTI JOIN '{night}/history_steps.parquet' t ON t.enrollment_id = r.enrollment_id AND t.step = d.step
WHERE r.anchor + d.day <= {as_of}
