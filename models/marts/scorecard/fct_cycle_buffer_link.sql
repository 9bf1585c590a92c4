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

{% set products = [
    ('p90_change_hours', 'cover_change_days'), ('p90_change_hours', 'p90_change_hours'),
    ('cover_change_days', 'cover_change_days'),
] %}
-- The mean of twice the ranks of n points is n + 1.
summed as (
    select
        scope_type,
        scope_id,
        cycle_stage,
        max(month_pair_count) as month_pair_count,
        {%- for x, y in products %}
        sum((twice_{{ x }}_rank - month_pair_count - 1) * (twice_{{ y }}_rank - month_pair_count - 1))
            as sum_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by scope_type, scope_id, cycle_stage
),

correlated as (
    select
        summed.*,
        quantiles.buffer_link_min_months,
        quantiles.z,
        {{ kpi_correlation('summed.sum_1', 'summed.sum_2', 'summed.sum_3') }} as r
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
