-- What somebody who knows DuckDB writes who needs these figures for this company and nothing else: no fact files, no
-- rules in YAML, no landings that replace rows, no checks, nobody to override. {lake}, {as_of}, {before} and {out} are filled in;
-- {before} is the folder this script wrote to the night before.
SET error_on_division_by_zero = false;

CREATE TEMP TABLE contract AS
WITH read AS (
    SELECT *, coalesce(CASE WHEN ended_on < {as_of} THEN ended_on END, end_on) AS last_on
    FROM '{lake}/landing/contracts/*/*.parquet' WHERE start_on < {as_of}
),
months AS (
    SELECT *, CASE WHEN end_on IS NULL
        THEN coalesce(term_months, CASE billing_period WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 WHEN 'annual' THEN 12 END)
        ELSE date_diff('month', start_on, end_on)
            - (start_on + to_months(CAST(date_diff('month', start_on, end_on) AS INTEGER)) > end_on)::INTEGER END AS term
    FROM read
),
counted AS (
    SELECT *, date_diff('month', start_on, {as_of}) // term AS guess,
        CASE WHEN end_on IS NOT NULL THEN 0
            ELSE guess - (start_on + to_months(CAST(guess * term AS INTEGER)) > {as_of})::INTEGER END AS passed
    FROM months
),
termed AS (
    SELECT *, last_on IS NULL OR last_on > {as_of} AS here,
        CASE WHEN end_on IS NOT NULL THEN start_on ELSE CAST(start_on + to_months(CAST(passed * term AS INTEGER)) AS DATE) END AS term_start,
        coalesce(end_on, CAST(start_on + to_months(CAST((passed + 1) * term AS INTEGER)) AS DATE)) AS term_end
    FROM counted
)
SELECT contract_id, account_id, start_on, last_on AS end_on, here AND NOT trial AS contract_active, trial AS contract_trial,
    here AND trial AS contract_trial_active, CASE WHEN here AND NOT trial THEN mrr_minor ELSE 0 END AS contract_mrr_minor,
    mrr_minor AS contract_value_minor, currency AS contract_currency, plan AS contract_plan, seats AS contract_seats,
    auto_renew AS contract_auto_renew, billing_period AS contract_billing_period, term AS term_months,
    passed + 1 AS term_number, term_start, term_end, coalesce(notice_days, 0) AS notice_days,
    term_end - coalesce(notice_days, 0) AS opt_out_deadline,
    date_diff('day', {as_of}, term_end) - coalesce(notice_days, 0) AS days_to_opt_out
FROM termed;

CREATE TEMP TABLE sheet AS
WITH contracted AS (
    SELECT account_id,
        CASE WHEN count(DISTINCT CASE WHEN contract_active THEN contract_currency END) <= 1
            THEN CAST(sum(contract_mrr_minor) AS BIGINT) END AS mrr_minor,
        CASE WHEN count(DISTINCT contract_currency) <= 1 THEN CAST(sum(
            CASE WHEN start_on <= {as_of} - 90 AND (end_on IS NULL OR end_on > {as_of} - 90) AND NOT contract_trial
                THEN contract_value_minor ELSE 0 END) AS BIGINT) END AS mrr_90d_ago_minor,
        CASE WHEN count(DISTINCT contract_currency) = 1 THEN min(contract_currency) END AS currency,
        sum(CASE WHEN contract_active THEN contract_seats ELSE 0 END)::BIGINT AS contract_seats_total,
        count(CASE WHEN contract_active THEN 1 END) AS active_contracts,
        count(CASE WHEN contract_trial_active THEN 1 END) AS active_trials,
        count(CASE WHEN contract_active AND NOT contract_auto_renew THEN 1 END) AS auto_renew_off,
        CASE WHEN bool_or(contract_active) THEN 'active' WHEN bool_or(contract_trial_active) THEN 'trial' ELSE 'churned' END AS contract_status,
        arg_min(contract_id, (start_on, contract_id)) AS first_contract_id,
        min(start_on) AS first_contract_start,
        date_diff('day', min(start_on), {as_of}) AS days_since_start,
        min(CASE WHEN contract_active AND term_end >= {as_of} THEN term_end END) AS next_term_end,
        min(CASE WHEN contract_active AND opt_out_deadline >= {as_of} THEN opt_out_deadline END) AS next_opt_out_deadline,
        min(CASE WHEN contract_active AND days_to_opt_out >= 0 THEN days_to_opt_out END) AS days_to_opt_out,
        max(CASE WHEN end_on <= {as_of} THEN end_on END) AS last_contract_end
    FROM contract GROUP BY account_id
),
asked AS (
    SELECT account_id, upper(kind) AS kind, score, {as_of} - CAST(answered_at AS DATE) AS age,
        row_number() OVER (PARTITION BY account_id, upper(kind) ORDER BY answered_at DESC, feedback_id DESC) = 1 AS newest
    FROM '{lake}/landing/feedback/*/*.parquet' WHERE score IS NOT NULL AND answered_at < {as_of}
),
said AS (
    SELECT account_id, max(CASE WHEN newest AND kind = 'NPS' THEN score END) AS nps,
        max(CASE WHEN newest AND kind = 'NPS' THEN age END) AS days_since_nps,
        max(CASE WHEN newest AND kind = 'CSAT' THEN score END) AS csat,
        max(CASE WHEN newest AND kind = 'CSAT' THEN age END) AS days_since_csat,
        max(CASE WHEN newest AND kind = 'CES' THEN score END) AS ces,
        max(CASE WHEN newest AND kind = 'CES' THEN age END) AS days_since_ces,
        count(CASE WHEN age <= 180 THEN 1 END) AS feedback_180d
    FROM asked GROUP BY account_id
),
known AS (
    SELECT account_id, count(CASE WHEN here THEN 1 END) AS contacts_active,
        count(CASE WHEN here AND role = 'sponsor' THEN 1 END) AS sponsors,
        count(CASE WHEN here AND role = 'champion' THEN 1 END) AS champions,
        count(CASE WHEN here AND role = 'executive' THEN 1 END) AS executives,
        count(CASE WHEN here AND role = 'power_user' THEN 1 END) AS power_users,
        bool_or(lately AND role = 'sponsor') AS sponsor_left_90d
    FROM (SELECT account_id, role, left_on IS NULL OR left_on >= {as_of} AS here,
            coalesce(left_on < {as_of} AND left_on >= {as_of} - 90, false) AS lately
        FROM '{lake}/landing/contacts/*/*.parquet') GROUP BY account_id
),
supported AS (
    SELECT account_id, count(CASE WHEN age <= 30 THEN 1 END) AS tickets_30d, count(CASE WHEN age <= 90 THEN 1 END) AS tickets_90d,
        count(CASE WHEN closed IS NULL THEN 1 END) AS tickets_open,
        count(CASE WHEN age <= 90 AND priority = 'urgent' THEN 1 END) AS tickets_urgent_90d,
        count(CASE WHEN age <= 90 AND escalated THEN 1 END) AS tickets_escalated_90d,
        round(sum(CASE WHEN age <= 90 THEN first_response_minutes END)
            / nullif(count(CASE WHEN age <= 90 THEN first_response_minutes END), 0), 1)::DECIMAL(18, 1) AS first_response_minutes_90d,
        round(sum(CASE WHEN age <= 180 THEN stars END)
            / nullif(count(CASE WHEN age <= 180 THEN stars END), 0), 2)::DECIMAL(9, 2) AS satisfaction_180d,
        count(CASE WHEN age <= 180 THEN stars END) AS satisfaction_answers_180d,
        min(CASE WHEN stars IS NOT NULL THEN age END) AS days_since_satisfaction, min(age) AS days_since_ticket
    FROM (SELECT account_id, priority, escalated, first_response_minutes, {as_of} - CAST(opened_at AS DATE) AS age,
            CASE WHEN closed_at < {as_of} THEN closed_at END AS closed, CASE WHEN closed_at < {as_of} THEN satisfaction END AS stars
        FROM '{lake}/landing/tickets/*/*.parquet' WHERE opened_at < {as_of}) GROUP BY account_id
),
left_us AS (
    SELECT account_id, count(CASE WHEN NOT reactivation THEN 1 END) AS churn_events,
        count(CASE WHEN NOT reactivation AND churned_on >= {as_of} - 365 THEN 1 END) AS churn_events_365d,
        max(churned_on) AS last_churned_on, bool_or(reactivation) AS reactivated
    FROM '{lake}/landing/churn_events/*/*.parquet' WHERE churned_on < {as_of} GROUP BY account_id
),
featured AS (
    SELECT account_id, count(DISTINCT feature) AS features_28d FROM '{lake}/landing/usage/*/*.parquet'
    WHERE day < {as_of} AND day >= {as_of} - 28 GROUP BY account_id
),
weekly AS (
    SELECT account_id,
        coalesce(sum(CASE WHEN week = 0 THEN count END), 0) AS w0,
        coalesce(sum(CASE WHEN week = 1 THEN count END), 0) AS w1,
        coalesce(sum(CASE WHEN week = 2 THEN count END), 0) AS w2,
        coalesce(sum(CASE WHEN week = 3 THEN count END), 0) AS w3,
        coalesce(sum(CASE WHEN week = 5 THEN count END), 0) AS w5,
        coalesce(sum(CASE WHEN week = 6 THEN count END), 0) AS w6,
        coalesce(sum(CASE WHEN week = 7 THEN count END), 0) AS w7,
        coalesce(sum(CASE WHEN week = 8 THEN count END), 0) AS w8,
        coalesce(sum(CASE WHEN week = 9 THEN count END), 0) AS w9,
        coalesce(sum(CASE WHEN week = 10 THEN count END), 0) AS w10,
        coalesce(sum(CASE WHEN week = 11 THEN count END), 0) AS w11,
        coalesce(sum(CASE WHEN week = 12 THEN count END), 0) AS w12,
        coalesce(sum(CASE WHEN week BETWEEN 4 AND 7 THEN count END), 0) AS earlier,
        coalesce(sum(CASE WHEN week < 4 THEN minutes END), 0) AS minutes, coalesce(sum(CASE WHEN week < 4 THEN errors END), 0) AS errors,
        max(CASE WHEN week < 4 THEN users END) AS users,
        bit_count(coalesce(bit_or(CASE WHEN week < 4 THEN 1::BIGINT << CAST(age - 1 AS INTEGER) END), 0)) AS days,
        min(day) AS first_day, max(day) AS last_day
    FROM (SELECT account_id, day, {as_of} - day AS age, ({as_of} - day - 1) // 7 AS week, count, users, minutes, errors
        FROM '{lake}/landing/usage/*/*.parquet' WHERE day < {as_of}) GROUP BY account_id
),
used AS (
    SELECT account_id, w0::BIGINT AS usage_7d, (w0 + w1 + w2 + w3)::BIGINT AS usage_28d, earlier::BIGINT AS usage_28d_before,
        minutes::DECIMAL(18, 2) AS usage_minutes_28d, errors::BIGINT AS usage_errors_28d, days::INTEGER AS usage_days_28d,
        users AS usage_users_28d, (w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12)::BIGINT AS usage_base_events,
        ((base[4] + base[5]) / 2)::DECIMAL(18, 1) AS usage_base_week, ((recent[2] + recent[3]) / 2)::DECIMAL(18, 1) AS usage_recent_week,
        round((recent[2] + recent[3]) / nullif(base[4] + base[5], 0), 4)::DECIMAL(18, 4) AS usage_trend,
        first_day AS first_usage_on, last_day AS last_usage_on, date_diff('day', last_day, {as_of}) AS days_since_usage
    FROM (SELECT *, list_sort([w5, w6, w7, w8, w9, w10, w11, w12]) AS base, list_sort([w0, w1, w2, w3]) AS recent FROM weekly)
),
facts AS (
    SELECT a.account_id, name, industry, company_type, employees, annual_revenue_minor, country, timezone, language, csm_id,
        parent_id, plan, seats, crm_status, created_on,
        coalesce(churn_events, 0) AS churn_events, coalesce(churn_events_365d, 0) AS churn_events_365d, last_churned_on,
        coalesce(reactivated, false) AS reactivated,
        c.* EXCLUDE (account_id) REPLACE (coalesce(contract_status, 'prospect') AS contract_status), coalesce(features_28d, 0) AS features_28d,
        said.* EXCLUDE (account_id) REPLACE (coalesce(feedback_180d, 0) AS feedback_180d),
        coalesce(contacts_active, 0) AS contacts_active, coalesce(sponsors, 0) AS sponsors, coalesce(champions, 0) AS champions,
        coalesce(executives, 0) AS executives, coalesce(power_users, 0) AS power_users, coalesce(sponsor_left_90d, false) AS sponsor_left_90d,
        supported.* EXCLUDE (account_id) REPLACE (coalesce(tickets_30d, 0) AS tickets_30d, coalesce(tickets_90d, 0) AS tickets_90d,
            coalesce(tickets_open, 0) AS tickets_open, coalesce(tickets_urgent_90d, 0) AS tickets_urgent_90d,
            coalesce(tickets_escalated_90d, 0) AS tickets_escalated_90d, coalesce(satisfaction_answers_180d, 0) AS satisfaction_answers_180d),
        used.* EXCLUDE (account_id)
    FROM '{lake}/landing/accounts/*/*.parquet' a
    LEFT JOIN left_us USING (account_id) LEFT JOIN contracted c USING (account_id) LEFT JOIN featured USING (account_id)
    LEFT JOIN said USING (account_id) LEFT JOIN known USING (account_id) LEFT JOIN supported USING (account_id)
    LEFT JOIN used USING (account_id)
),
placed AS (
    SELECT *,
        CASE WHEN employees >= 1000 OR (employees IS NULL AND coalesce(seats, contract_seats_total) >= 100) THEN 'large'
            WHEN employees >= 100 OR (employees IS NULL AND coalesce(seats, contract_seats_total) >= 20) THEN 'medium' ELSE 'small' END AS size,
        CASE WHEN company_type IN ('public', 'government', 'nonprofit', 'education') THEN 'public_sector'
            WHEN company_type IN ('partner', 'reseller', 'agency') THEN 'partner' WHEN size = 'large' THEN 'enterprise'
            WHEN size = 'medium' THEN 'mid_market' ELSE 'small_business' END AS segment,
        CASE segment WHEN 'public_sector' THEN 'lower(company_type) in (''public'', ''government'', ''nonprofit'', ''education'')'
            WHEN 'partner' THEN 'lower(company_type) in (''partner'', ''reseller'', ''agency'')' WHEN 'enterprise' THEN 'size = ''large'''
            WHEN 'mid_market' THEN 'size = ''medium''' ELSE 'size = ''small''' END AS segment_rule,
        CASE WHEN segment = 'partner' THEN 'partnership' WHEN tickets_90d >= 6 OR lower(plan) = 'enterprise' THEN 'service'
            WHEN features_28d >= 6 OR nps >= 9 THEN 'quality_and_brand' ELSE 'price' END AS focus,
        CASE WHEN mrr_minor >= 500000 OR segment = 'enterprise' THEN 'high'
            WHEN mrr_minor >= 100000 OR size = 'medium' OR segment IN ('partner', 'public_sector') THEN 'low' ELSE 'tech' END AS touch,
        CASE touch WHEN 'high' THEN 'mrr_minor >= 500000 or segment = ''enterprise'''
            WHEN 'low' THEN 'mrr_minor >= 100000 or size = ''medium'' or segment in (''partner'', ''public_sector'')' ELSE 'true' END AS touch_rule,
        CASE contract_status WHEN 'prospect' THEN 'prospect' WHEN 'churned' THEN 'churned' ELSE
            CASE WHEN days_since_start <= 30 THEN 'onboarding' WHEN days_since_start <= 120 THEN 'adoption'
                WHEN days_since_start <= 365 THEN 'optimize_expand' ELSE 'beyond_year_one' END END AS stage,
        CASE WHEN days_since_start < 30 THEN 'new' WHEN days_since_start < 90 THEN 'young' WHEN days_since_start >= 90 THEN 'mature' END AS tenure,
        CASE WHEN usage_days_28d >= 12 THEN 'high' WHEN usage_days_28d >= 3 THEN 'medium' ELSE 'low' END AS engagement,
        CASE WHEN usage_base_events >= 20 THEN usage_trend::DOUBLE END AS trend_base,
        CASE WHEN days_since_usage < 60 THEN trend_base END AS trend_value,
        days_since_usage::DOUBLE AS recency_value,
        (tickets_90d + 2 * tickets_escalated_90d) * 100.0 / greatest(coalesce(seats, contract_seats_total, 25), 25)::DOUBLE AS support_value,
        coalesce(CASE WHEN days_since_nps < 180 THEN nps END, CASE WHEN days_since_csat < 180 THEN (csat - 1) * 2.5 END,
            CASE WHEN days_since_ces < 180 THEN (ces - 1) * 10 / 6.0 END,
            CASE WHEN days_since_satisfaction < 180 THEN (satisfaction_180d - 1) * 2.5 END)::DOUBLE AS sentiment_value,
        (coalesce(mrr_minor / nullif(mrr_90d_ago_minor, 0), 1) - 0.4 * coalesce(auto_renew_off / nullif(active_contracts, 0), 0))::DOUBLE AS commercial_value,
        (CASE WHEN sponsor_left_90d THEN 0 ELSE least(sponsors, 1) * 2 + least(champions, 1) * 2 + least(executives, 1)
            + least(contacts_active, 4) * 0.5 END)::DOUBLE AS relationship_value
    FROM facts
),
pointed AS (
    SELECT *,
        round(CASE WHEN trend_value IS NULL THEN NULL WHEN trend_value <= 0 THEN 0 WHEN trend_value < 0.5 THEN 0 + (trend_value - 0) * 60.0 WHEN trend_value < 0.8 THEN 30 + (trend_value - 0.5) * 99.99999999999999 WHEN trend_value < 1 THEN 60 + (trend_value - 0.8) * 100.00000000000003 WHEN trend_value < 1.3 THEN 80 + (trend_value - 1) * 66.66666666666666 ELSE 100 END, 9)::DECIMAL(18, 9) AS trend,
        round(100 * exp(-ln(2) * greatest(recency_value, 0) / 21.0), 9)::DECIMAL(18, 9) AS recency,
        round(CASE WHEN support_value IS NULL THEN NULL WHEN support_value <= 0 THEN 60 WHEN support_value < 1 THEN 60 + (support_value - 0) * 25.0 WHEN support_value < 4 THEN 85 + (support_value - 1) * 1.6666666666666667 WHEN support_value < 12 THEN 90 + (support_value - 4) * -3.75 WHEN support_value < 30 THEN 60 + (support_value - 12) * -2.2222222222222223 WHEN support_value < 60 THEN 20 + (support_value - 30) * -0.6666666666666666 ELSE 0 END, 9)::DECIMAL(18, 9) AS support,
        round(CASE WHEN sentiment_value IS NULL THEN NULL WHEN sentiment_value <= 0 THEN 0 WHEN sentiment_value < 6 THEN 0 + (sentiment_value - 0) * 6.666666666666667 WHEN sentiment_value < 7 THEN 40 + (sentiment_value - 6) * 20.0 WHEN sentiment_value < 8 THEN 60 + (sentiment_value - 7) * 15.0 WHEN sentiment_value < 9 THEN 75 + (sentiment_value - 8) * 15.0 WHEN sentiment_value < 10 THEN 90 + (sentiment_value - 9) * 10.0 ELSE 100 END, 9)::DECIMAL(18, 9) AS sentiment,
        round(CASE WHEN commercial_value IS NULL THEN NULL WHEN commercial_value <= 0 THEN 0 WHEN commercial_value < 0.6 THEN 0 + (commercial_value - 0) * 50.0 WHEN commercial_value < 0.9 THEN 30 + (commercial_value - 0.6) * 99.99999999999999 WHEN commercial_value < 1 THEN 60 + (commercial_value - 0.9) * 200.00000000000006 WHEN commercial_value < 1.25 THEN 80 + (commercial_value - 1) * 80.0 ELSE 100 END, 9)::DECIMAL(18, 9) AS commercial,
        round(CASE WHEN relationship_value IS NULL THEN NULL WHEN relationship_value <= 0 THEN 0 WHEN relationship_value < 1 THEN 0 + (relationship_value - 0) * 25.0 WHEN relationship_value < 2.5 THEN 25 + (relationship_value - 1) * 16.666666666666668 WHEN relationship_value < 4 THEN 50 + (relationship_value - 2.5) * 16.666666666666668 WHEN relationship_value < 6 THEN 75 + (relationship_value - 4) * 12.5 ELSE 100 END, 9)::DECIMAL(18, 9) AS relationship
    FROM placed
),
weighed AS (
    SELECT *,
        CASE WHEN trend IS NULL THEN 0 ELSE 15 END + CASE WHEN recency IS NULL THEN 0 ELSE 20 END + CASE WHEN support IS NULL THEN 0 ELSE 15 END
            + CASE WHEN sentiment IS NULL THEN 0 ELSE 15 END + CASE WHEN commercial IS NULL THEN 0 ELSE 20 END
            + CASE WHEN relationship IS NULL THEN 0 ELSE 15 END AS health_known,
        CASE WHEN trend IS NULL THEN 15 ELSE 0 END + CASE WHEN recency IS NULL THEN 20 ELSE 0 END + CASE WHEN support IS NULL THEN 15 ELSE 0 END
            + CASE WHEN sentiment IS NULL THEN 15 ELSE 0 END AS missing,
        CASE WHEN days_since_start < 90 THEN 60 ELSE 70 END AS green, CASE WHEN days_since_start < 90 THEN 40 ELSE 45 END AS yellow,
        least(1.2, 1 + missing / health_known) AS raised, coalesce(1 - (raised - 1) * health_known / nullif(missing, 0), 1) AS rest,
        (15 * coalesce(trend, 0) + 20 * coalesce(recency, 0) + 15 * coalesce(support, 0) + 15 * coalesce(sentiment, 0)
            + 20 * coalesce(commercial, 0) + 15 * coalesce(relationship, 0)) / 100 AS worst
    FROM pointed
),
summed AS (
    SELECT *,
        round(CASE WHEN trend IS NULL THEN 15 * rest ELSE 15 * raised END, 9)::DECIMAL(18, 9) AS trend_weight,
        round(CASE WHEN recency IS NULL THEN 20 * rest ELSE 20 * raised END, 9)::DECIMAL(18, 9) AS recency_weight,
        round(CASE WHEN support IS NULL THEN 15 * rest ELSE 15 * raised END, 9)::DECIMAL(18, 9) AS support_weight,
        round(CASE WHEN sentiment IS NULL THEN 15 * rest ELSE 15 * raised END, 9)::DECIMAL(18, 9) AS sentiment_weight,
        round(CASE WHEN commercial IS NULL THEN 20 ELSE 20 * raised END, 9)::DECIMAL(18, 9) AS commercial_weight,
        round(CASE WHEN relationship IS NULL THEN 15 ELSE 15 * raised END, 9)::DECIMAL(18, 9) AS relationship_weight,
        round(trend_weight::DOUBLE * coalesce(trend, 50) / 100, 9)::DECIMAL(18, 9) AS trend_part,
        round(recency_weight::DOUBLE * coalesce(recency, 50) / 100, 9)::DECIMAL(18, 9) AS recency_part,
        round(support_weight::DOUBLE * coalesce(support, 50) / 100, 9)::DECIMAL(18, 9) AS support_part,
        round(sentiment_weight::DOUBLE * coalesce(sentiment, 50) / 100, 9)::DECIMAL(18, 9) AS sentiment_part,
        round(commercial_weight::DOUBLE * coalesce(commercial, 50) / 100, 9)::DECIMAL(18, 9) AS commercial_part,
        round(relationship_weight::DOUBLE * coalesce(relationship, 50) / 100, 9)::DECIMAL(18, 9) AS relationship_part,
        CASE WHEN contract_status IN ('active', 'trial') AND commercial IS NOT NULL AND health_known >= 70
            THEN trend_part + recency_part + support_part + sentiment_part + commercial_part + relationship_part END AS health_score,
        CASE WHEN health_score IS NULL THEN 'insufficient_data' WHEN health_score >= green AND (health_known = 100 OR worst >= green) THEN 'green'
            WHEN health_score >= yellow THEN 'yellow' ELSE 'red' END AS health_band,
        CASE WHEN trend IS NOT NULL THEN days_since_usage END AS health_oldest_days,
        CASE WHEN trend IS NOT NULL THEN 'usage trend ' || round(trend_value, 2)::DECIMAL(24, 2) WHEN trend_base IS NOT NULL THEN coalesce(days_since_usage || ' days old', 'of unknown age') ELSE 'fewer than 20 events in the base weeks, or no usual week' END AS trend_why,
        CASE WHEN recency IS NOT NULL THEN 'usage recency ' || round(recency_value, 2)::DECIMAL(24, 2) ELSE 'no usage ever seen' END AS recency_why,
        CASE WHEN support IS NOT NULL THEN 'support ' || round(support_value, 2)::DECIMAL(24, 2) ELSE 'no ticket of anybody known' END AS support_why,
        CASE WHEN sentiment IS NOT NULL THEN 'sentiment ' || round(sentiment_value, 2)::DECIMAL(24, 2) ELSE 'no answer in 180 days' END AS sentiment_why,
        CASE WHEN commercial IS NOT NULL THEN 'commercial ' || round(commercial_value, 2)::DECIMAL(24, 2) ELSE 'no contract known' END AS commercial_why,
        CASE WHEN relationship IS NOT NULL THEN 'relationship ' || round(relationship_value, 2)::DECIMAL(24, 2) ELSE 'no contact of anybody known' END AS relationship_why,
        CASE least(trend, recency, support, sentiment, commercial, relationship)
            WHEN trend THEN 'usage trend ' || round(trend, 0)::DECIMAL(24, 0)
            WHEN recency THEN 'usage recency ' || round(recency, 0)::DECIMAL(24, 0)
            WHEN support THEN 'support ' || round(support, 0)::DECIMAL(24, 0)
            WHEN sentiment THEN 'sentiment ' || round(sentiment, 0)::DECIMAL(24, 0)
            WHEN commercial THEN 'commercial ' || round(commercial, 0)::DECIMAL(24, 0)
            WHEN relationship THEN 'relationship ' || round(relationship, 0)::DECIMAL(24, 0) END || ' of 100' AS lowest,
        nullif(concat_ws(', ',
            CASE WHEN trend IS NULL THEN 'usage trend (' || trend_why || ')' END,
            CASE WHEN recency IS NULL THEN 'usage recency (' || recency_why || ')' END,
            CASE WHEN support IS NULL THEN 'support (' || support_why || ')' END,
            CASE WHEN sentiment IS NULL THEN 'sentiment (' || sentiment_why || ')' END,
            CASE WHEN commercial IS NULL THEN 'commercial (' || commercial_why || ')' END,
            CASE WHEN relationship IS NULL THEN 'relationship (' || relationship_why || ')' END), '') AS gone,
        CASE WHEN contract_status NOT IN ('active', 'trial') THEN 'not scored: no contract in force'
            WHEN health_score IS NOT NULL THEN concat_ws('; ', 'lowest: ' || lowest, 'missing: ' || gone,
                CASE WHEN health_band <> 'green' AND health_score >= green THEN 'no green on missing data' END)
            WHEN commercial IS NULL THEN 'an essential component is missing: ' || gone
            ELSE concat_ws('; missing: ', 'only ' || health_known || ' % of the weight is known', gone) END AS health_reason
    FROM weighed
)
SELECT now.*,
    was_health_band AS health_band_before, was_health_score AS health_score_before, now.health_band AS health_band_effective,
    CASE WHEN was_health_band = now.health_band THEN was_health_band_since ELSE {as_of} END AS health_band_since,
    CASE WHEN now.stage IS DISTINCT FROM was_stage AND was_stage IS NOT NULL THEN {as_of}
        WHEN was_stage IS NOT NULL THEN was_stage_since
        ELSE least(coalesce(CASE now.stage WHEN 'prospect' THEN now.created_on WHEN 'churned' THEN now.last_contract_end
            WHEN 'onboarding' THEN now.first_contract_start WHEN 'adoption' THEN now.first_contract_start + 31
            WHEN 'optimize_expand' THEN now.first_contract_start + 121 ELSE now.first_contract_start + 366 END, {as_of}), {as_of}) END AS stage_since,
    CASE WHEN was_stage IS NULL THEN 1 WHEN was_stage = now.stage THEN was_stage_entry
        ELSE coalesce(list_extract(was_entries, CAST(list_position(['prospect', 'churned', 'onboarding', 'adoption', 'optimize_expand', 'beyond_year_one'], now.stage) AS BIGINT)), 0) + 1 END AS stage_entry,
    CASE WHEN was_stage IS NULL THEN stage_since < {as_of} WHEN was_stage = now.stage THEN was_stage_backfilled ELSE false END AS stage_backfilled,
    list_transform(['prospect', 'churned', 'onboarding', 'adoption', 'optimize_expand', 'beyond_year_one'],
        lambda it, place: CASE WHEN it = now.stage THEN stage_entry ELSE coalesce(was_entries[place], 0) END) AS entries,
    coalesce(was_milestone_first_value, CASE WHEN now.usage_days_28d >= 4 THEN
        CASE WHEN was_stage IS NULL THEN least(now.first_usage_on, {as_of}) ELSE {as_of} END END) AS milestone_first_value,
    coalesce(was_milestone_broad_use, CASE WHEN now.features_28d >= 5 THEN {as_of} END) AS milestone_broad_use,
    now.usage_trend < 0.6 AND now.usage_base_events >= 20 AS held_usage_drop,
    now.days_since_usage > 21 AND now.contract_status = 'active' AS held_gone_quiet,
    now.sponsor_left_90d AS held_sponsor_left, now.health_band = 'red' AS held_red_health,
    now.days_to_opt_out <= 120 AND now.health_band IN ('red', 'yellow') AND now.auto_renew_off > 0 AS held_renewal_at_risk,
    held_usage_drop AND coalesce(was_held_usage_drop, false) AS signal_usage_drop,
    coalesce(was_times_usage_drop, 0) + coalesce(signal_usage_drop AND NOT coalesce(was_signal_usage_drop, false), false)::INTEGER AS times_usage_drop,
    CASE WHEN signal_usage_drop THEN times_usage_drop END AS signal_usage_drop_entry,
    CASE WHEN signal_usage_drop THEN CASE WHEN was_signal_usage_drop THEN was_signal_usage_drop_since ELSE {as_of} END END AS signal_usage_drop_since,
    CASE WHEN signal_usage_drop THEN CASE WHEN now.tenure IN ('new', 'young') THEN 'restart onboarding with the champion' WHEN now.tenure = 'mature' AND now.size IN ('large', 'medium') THEN 'call the sponsor this week' WHEN now.tenure = 'mature' AND now.size = 'small' THEN 'send the unused-features mail' END END AS signal_usage_drop_plan,
    held_gone_quiet AND coalesce(was_held_gone_quiet, false) AS signal_gone_quiet,
    coalesce(was_times_gone_quiet, 0) + coalesce(signal_gone_quiet AND NOT coalesce(was_signal_gone_quiet, false), false)::INTEGER AS times_gone_quiet,
    CASE WHEN signal_gone_quiet THEN times_gone_quiet END AS signal_gone_quiet_entry,
    CASE WHEN signal_gone_quiet THEN CASE WHEN was_signal_gone_quiet THEN was_signal_gone_quiet_since ELSE {as_of} END END AS signal_gone_quiet_since,
    CASE WHEN signal_gone_quiet THEN CASE WHEN now.tenure = 'new' THEN 'ask whether setup is stuck' WHEN now.tenure IN ('young', 'mature') AND now.size IN ('large', 'medium') THEN 'call the sponsor this week' WHEN now.tenure IN ('young', 'mature') AND now.size = 'small' THEN 'send the win-back-attention mail' END END AS signal_gone_quiet_plan,
    held_sponsor_left AND coalesce(was_held_sponsor_left, false) AS signal_sponsor_left,
    coalesce(was_times_sponsor_left, 0) + coalesce(signal_sponsor_left AND NOT coalesce(was_signal_sponsor_left, false), false)::INTEGER AS times_sponsor_left,
    CASE WHEN signal_sponsor_left THEN times_sponsor_left END AS signal_sponsor_left_entry,
    CASE WHEN signal_sponsor_left THEN CASE WHEN was_signal_sponsor_left THEN was_signal_sponsor_left_since ELSE {as_of} END END AS signal_sponsor_left_since,
    CASE WHEN signal_sponsor_left THEN 'find and brief the new sponsor' END AS signal_sponsor_left_plan,
    held_red_health AND coalesce(was_held_red_health, false) AS signal_red_health,
    coalesce(was_times_red_health, 0) + coalesce(signal_red_health AND NOT coalesce(was_signal_red_health, false), false)::INTEGER AS times_red_health,
    CASE WHEN signal_red_health THEN times_red_health END AS signal_red_health_entry,
    CASE WHEN signal_red_health THEN CASE WHEN was_signal_red_health THEN was_signal_red_health_since ELSE {as_of} END END AS signal_red_health_since,
    CASE WHEN signal_red_health THEN CASE WHEN now.size IN ('large', 'medium') THEN 'rescue plan with an owner and a date' WHEN now.size = 'small' THEN 'offer a call' END END AS signal_red_health_plan,
    held_renewal_at_risk AND coalesce(was_held_renewal_at_risk, false) AS signal_renewal_at_risk,
    coalesce(was_times_renewal_at_risk, 0) + coalesce(signal_renewal_at_risk AND NOT coalesce(was_signal_renewal_at_risk, false), false)::INTEGER AS times_renewal_at_risk,
    CASE WHEN signal_renewal_at_risk THEN times_renewal_at_risk END AS signal_renewal_at_risk_entry,
    CASE WHEN signal_renewal_at_risk THEN CASE WHEN was_signal_renewal_at_risk THEN was_signal_renewal_at_risk_since ELSE {as_of} END END AS signal_renewal_at_risk_since,
    CASE WHEN signal_renewal_at_risk THEN CASE WHEN now.size = 'large' THEN 'executive sponsor joins the renewal' WHEN now.size IN ('medium', 'small') THEN 'value review before the opt-out deadline' END END AS signal_renewal_at_risk_plan
FROM summed now LEFT JOIN (
    SELECT account_id, entries AS was_entries, health_band AS was_health_band, health_band_since AS was_health_band_since,
        health_score AS was_health_score, held_gone_quiet AS was_held_gone_quiet, held_red_health AS was_held_red_health,
        held_renewal_at_risk AS was_held_renewal_at_risk, held_sponsor_left AS was_held_sponsor_left, held_usage_drop AS was_held_usage_drop,
        milestone_broad_use AS was_milestone_broad_use, milestone_first_value AS was_milestone_first_value, signal_gone_quiet AS was_signal_gone_quiet,
        signal_gone_quiet_since AS was_signal_gone_quiet_since, signal_red_health AS was_signal_red_health, signal_red_health_since AS was_signal_red_health_since,
        signal_renewal_at_risk AS was_signal_renewal_at_risk, signal_renewal_at_risk_since AS was_signal_renewal_at_risk_since, signal_sponsor_left AS was_signal_sponsor_left,
        signal_sponsor_left_since AS was_signal_sponsor_left_since, signal_usage_drop AS was_signal_usage_drop, signal_usage_drop_since AS was_signal_usage_drop_since,
        stage AS was_stage, stage_backfilled AS was_stage_backfilled, stage_entry AS was_stage_entry,
        stage_since AS was_stage_since, times_gone_quiet AS was_times_gone_quiet, times_red_health AS was_times_red_health,
        times_renewal_at_risk AS was_times_renewal_at_risk, times_sponsor_left AS was_times_sponsor_left, times_usage_drop AS was_times_usage_drop
    FROM {before}
) was USING (account_id)
ORDER BY now.account_id;

COPY sheet TO '{out}/sheet_account.parquet' (COMPRESSION zstd);

COPY (SELECT contract.*, sheet.* EXCLUDE (account_id, days_to_opt_out)
    FROM contract LEFT JOIN sheet USING (account_id) ORDER BY contract_id)
TO '{out}/sheet_contract.parquet' (COMPRESSION zstd);

COPY (SELECT account_id, unnest([
        {'component': 'usage_trend', 'family': 'usage', 'value': trend_base::DECIMAL(24, 6), 'points': trend, 'weight': trend_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN trend_part END,
            'state': CASE WHEN trend IS NOT NULL THEN 'present' WHEN trend_base IS NOT NULL THEN 'stale' ELSE 'missing' END, 'reason': trend_why},
        {'component': 'usage_recency', 'family': 'usage', 'value': recency_value::DECIMAL(24, 6), 'points': recency, 'weight': recency_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN recency_part END,
            'state': CASE WHEN recency IS NULL THEN 'missing' ELSE 'present' END, 'reason': recency_why},
        {'component': 'support', 'family': 'support', 'value': support_value::DECIMAL(24, 6), 'points': support, 'weight': support_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN support_part END,
            'state': CASE WHEN support IS NULL THEN 'missing' ELSE 'present' END, 'reason': support_why},
        {'component': 'sentiment', 'family': 'sentiment', 'value': sentiment_value::DECIMAL(24, 6), 'points': sentiment, 'weight': sentiment_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN sentiment_part END,
            'state': CASE WHEN sentiment IS NULL THEN 'missing' ELSE 'present' END, 'reason': sentiment_why},
        {'component': 'commercial', 'family': 'commercial', 'value': commercial_value::DECIMAL(24, 6), 'points': commercial, 'weight': commercial_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN commercial_part END,
            'state': CASE WHEN commercial IS NULL THEN 'missing' ELSE 'present' END, 'reason': commercial_why},
        {'component': 'relationship', 'family': 'relationship', 'value': relationship_value::DECIMAL(24, 6), 'points': relationship, 'weight': relationship_weight, 'contribution': CASE WHEN health_score IS NOT NULL THEN relationship_part END,
            'state': CASE WHEN relationship IS NULL THEN 'neutral' ELSE 'present' END, 'reason': relationship_why}
    ], recursive := true) FROM sheet)
TO '{out}/contributions.parquet' (COMPRESSION zstd);
