-- How a lead indicator and its outcome move together at each lag: in the months learnt from, and in those held out.
with points as (
    select * from {{ ref('int_scorecard__link_point') }}
),

links as (
    select * from {{ ref('lead_lag_links') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

link_policy as (
    {{ policy_as_of(['link_confidence'], over='cutoff', as_of='as_of_date') }}
),

centres as (
    select
        lead_kpi_id,
        lag_kpi_id,
        scope_type,
        lag_month_count,
        is_held_out,
        cast({{ divide('sum(lead_deviation_ratio)', 'count(*)') }} as decimal(18, 6)) as lead_centre_ratio,
        cast({{ divide('sum(outcome_deviation_ratio)', 'count(*)') }} as decimal(18, 6)) as outcome_centre_ratio,
        cast({{ divide('sum(present_deviation_ratio)', 'count(*)') }} as decimal(18, 6)) as present_centre_ratio
    from points
    group by lead_kpi_id, lag_kpi_id, scope_type, lag_month_count, is_held_out
),

-- Nineteen digits: products of eighteen stay within eighteen and overflow.
centred as (
    select
        points.lead_kpi_id,
        points.lag_kpi_id,
        points.scope_type,
        points.lag_month_count,
        points.is_held_out,
        cast(points.lead_deviation_ratio - centres.lead_centre_ratio as decimal(19, 6)) as x,
        cast(points.outcome_deviation_ratio - centres.outcome_centre_ratio as decimal(19, 6)) as y,
        cast(points.present_deviation_ratio - centres.present_centre_ratio as decimal(19, 6)) as z
    from points
    inner join centres using (lead_kpi_id, lag_kpi_id, scope_type, lag_month_count, is_held_out)
),

sums as (
    select
        lead_kpi_id,
        lag_kpi_id,
        scope_type,
        lag_month_count,
        is_held_out,
        cast(count(*) as integer) as point_count,
        sum(x * x) as sum_xx,
        sum(y * y) as sum_yy,
        sum(z * z) as sum_zz,
        sum(x * y) as sum_xy,
        sum(x * z) as sum_xz,
        sum(y * z) as sum_yz
    from centred
    group by lead_kpi_id, lag_kpi_id, scope_type, lag_month_count, is_held_out
),

correlations as (
    select
        *,
        {{ kpi_correlation('sum_xy', 'sum_xx', 'sum_yy') }} as r_xy,
        {{ kpi_correlation('sum_xz', 'sum_xx', 'sum_zz') }} as r_xz,
        {{ kpi_correlation('sum_yz', 'sum_yy', 'sum_zz') }} as r_yz
    from sums
),

partials as (
    select
        *,
        {{ kpi_partial_correlation('r_xy', 'r_xz', 'r_yz') }} as r_partial
    from correlations
),

sides as (
    select
        lead_kpi_id,
        lag_kpi_id,
        scope_type,
        lag_month_count,
        coalesce(sum(point_count) filter (where not is_held_out), 0) as learnt_point_count,
        max(r_xy) filter (where not is_held_out) as learnt_r,
        coalesce(sum(point_count) filter (where is_held_out), 0) as held_out_point_count,
        max(r_xy) filter (where is_held_out) as held_out_r,
        max(r_partial) filter (where is_held_out) as held_out_partial_r
    from partials
    group by lead_kpi_id, lag_kpi_id, scope_type, lag_month_count
),

shares as (
    select {{ divide('1 + link_confidence', '2') }} as probability
    from link_policy
),

quantiles as (
    select {{ kpi_normal_quantile('probability') }} as z
    from shares
),

bounded as (
    select
        sides.*,
        quantiles.z
    from sides
    cross join quantiles
),

final as (
    select
        bounded.lead_kpi_id,
        bounded.lag_kpi_id,
        bounded.scope_type,
        links.expected_sign,
        bounded.lag_month_count,
        cast(bounded.learnt_point_count as integer) as learnt_point_count,
        cast(bounded.learnt_r as decimal(9, 6)) as learnt_correlation_ratio,
        cast(bounded.held_out_point_count as integer) as held_out_point_count,
        cast(bounded.held_out_r as decimal(9, 6)) as held_out_correlation_ratio,
        cast(
            {{ kpi_correlation_bound('bounded.held_out_r', 'bounded.held_out_point_count', '(-bounded.z)') }}
            as decimal(9, 6)
        ) as held_out_low_ratio,
        cast(
            {{ kpi_correlation_bound('bounded.held_out_r', 'bounded.held_out_point_count', 'bounded.z') }}
            as decimal(9, 6)
        ) as held_out_high_ratio,
        cast(bounded.held_out_partial_r as decimal(9, 6)) as held_out_partial_ratio,
        row_number() over (
            partition by bounded.lead_kpi_id, bounded.lag_kpi_id, bounded.scope_type
            order by links.expected_sign * bounded.learnt_r desc nulls last, bounded.lag_month_count asc
        ) = 1 as is_best_lag
    from bounded
    inner join links using (lead_kpi_id, lag_kpi_id, scope_type)
)

select * from final
