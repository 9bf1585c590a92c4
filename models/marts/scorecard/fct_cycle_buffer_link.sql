-- Where stock grows when a stage of the order cycle slows down: a buffer that hides the stage.
with ranked as (
    select * from {{ ref('int_scorecard__cycle_buffer_rank') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

link_policy as (
    {{ policy_as_of(['buffer_link_min_months', 'link_confidence'], over='cutoff', as_of='as_of_date') }}
),

quantiles as (
    select
        buffer_link_min_months,
        {{ kpi_normal_quantile(divide('1 + link_confidence', '2')) }} as z
    from link_policy
),

-- The mean of twice the ranks of n points is n + 1.
centred as (
    select
        scope_type,
        scope_id,
        cycle_stage,
        month_pair_count,
        twice_p90_change_hours_rank - month_pair_count - 1 as x,
        twice_cover_change_days_rank - month_pair_count - 1 as y
    from ranked
),

summed as (
    select
        scope_type,
        scope_id,
        cycle_stage,
        month_pair_count,
        sum(x * y) as sum_xy,
        sum(x * x) as sum_xx,
        sum(y * y) as sum_yy
    from centred
    group by scope_type, scope_id, cycle_stage, month_pair_count
),

correlated as (
    select
        summed.*,
        quantiles.buffer_link_min_months,
        quantiles.z,
        {{ kpi_correlation('summed.sum_xy', 'summed.sum_xx', 'summed.sum_yy') }} as r
    from summed
    cross join quantiles
),

bounded as (
    select
        *,
        {{ kpi_correlation_bound('r', kpi_rank_points('month_pair_count'), '(-z)') }} as low,
        {{ kpi_correlation_bound('r', kpi_rank_points('month_pair_count'), 'z') }} as high
    from correlated
),

final as (
    select
        scope_type,
        scope_id,
        cycle_stage,
        month_pair_count,
        cast(r as decimal(9, 6)) as rank_correlation_ratio,
        cast(low as decimal(9, 6)) as low_ratio,
        cast(high as decimal(9, 6)) as high_ratio,
        {{ kpi_buffer_link_status('month_pair_count', 'buffer_link_min_months', 'low', 'high') }} as buffer_link_status
    from bounded
)

select * from final
