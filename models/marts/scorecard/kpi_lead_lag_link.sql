-- What each lead indicator is worth: at the lag that fitted best in the months learnt from, how strongly it foretold
-- its outcome in the months held out, and where it did not.
with links as (
    select * from {{ ref('lead_lag_links') }}
),

kpis as (
    select * from {{ ref('dim_kpi') }}
),

correlations as (
    select * from {{ ref('fct_lead_lag_correlation') }}
    where is_best_lag
),

points as (
    select * from {{ ref('int_scorecard__link_point') }}
    where is_held_out
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

link_policy as (
    {{ policy_as_of(['link_min_points'], over='cutoff', as_of='as_of_date') }}
),

-- Around the scope's own means of these months: that both lie lower than before says nothing of the one foretelling.
scope_means as (
    select
        lead_kpi_id,
        lag_kpi_id,
        scope_type,
        scope_id,
        lag_month_count,
        {{ divide('sum(lead_deviation_ratio)', 'count(*)') }} as lead_mean_ratio,
        {{ divide('sum(outcome_deviation_ratio)', 'count(*)') }} as outcome_mean_ratio
    from points
    group by lead_kpi_id, lag_kpi_id, scope_type, scope_id, lag_month_count
),

scope_products as (
    select
        points.lead_kpi_id,
        points.lag_kpi_id,
        points.scope_type,
        points.scope_id,
        points.lag_month_count,
        sum(
            cast(points.lead_deviation_ratio - scope_means.lead_mean_ratio as decimal(19, 6))
            * cast(points.outcome_deviation_ratio - scope_means.outcome_mean_ratio as decimal(19, 6))
        ) as product_sum
    from points
    inner join scope_means using (lead_kpi_id, lag_kpi_id, scope_type, scope_id, lag_month_count)
    group by points.lead_kpi_id, points.lag_kpi_id, points.scope_type, points.scope_id, points.lag_month_count
),

agreements as (
    select
        scope_products.lead_kpi_id,
        scope_products.lag_kpi_id,
        scope_products.scope_type,
        count(*) as scope_count,
        count(*) filter (where scope_products.product_sum * correlations.expected_sign > 0) as agreeing_scope_count
    from scope_products
    inner join correlations using (lead_kpi_id, lag_kpi_id, scope_type, lag_month_count)
    group by scope_products.lead_kpi_id, scope_products.lag_kpi_id, scope_products.scope_type
),

final as (
    select
        links.lead_kpi_id,
        links.lag_kpi_id,
        links.scope_type,
        lead_kpis.kpi_name as lead_kpi_name,
        lag_kpis.kpi_name as lag_kpi_name,
        links.expected_sign,
        links.because,
        cutoff.as_of_date,
        {{ kpi_link_status(
            'correlations.held_out_point_count', 'link_policy.link_min_points',
            'correlations.learnt_correlation_ratio', 'correlations.held_out_low_ratio',
            'correlations.held_out_high_ratio', 'links.expected_sign'
        ) }} as link_status,
        correlations.lag_month_count as best_lag_month_count,
        correlations.learnt_point_count,
        correlations.learnt_correlation_ratio,
        coalesce(correlations.held_out_point_count, 0) as held_out_point_count,
        correlations.held_out_correlation_ratio,
        correlations.held_out_low_ratio,
        correlations.held_out_high_ratio,
        correlations.held_out_partial_ratio,
        cast(coalesce(agreements.scope_count, 0) as integer) as scope_count,
        cast(coalesce(agreements.agreeing_scope_count, 0) as integer) as agreeing_scope_count
    from links
    cross join cutoff
    inner join link_policy on cutoff.as_of_date = link_policy.as_of_date
    left join kpis as lead_kpis on links.lead_kpi_id = lead_kpis.kpi_id
    left join kpis as lag_kpis on links.lag_kpi_id = lag_kpis.kpi_id
    left join correlations
        on
            links.lead_kpi_id = correlations.lead_kpi_id
            and links.lag_kpi_id = correlations.lag_kpi_id
            and links.scope_type = correlations.scope_type
    left join agreements
        on
            links.lead_kpi_id = agreements.lead_kpi_id
            and links.lag_kpi_id = agreements.lag_kpi_id
            and links.scope_type = agreements.scope_type
)

select * from final
