-- The uplift of each promotion that can be measured, with its standard error, and why it cannot be of the others.
with effects as (
    select * from {{ ref('int_lead__promotion_effect') }}
),

promotion_policy as (
    {{ policy_as_of(['promotion_min_points'], over='effects', as_of='as_of_date') }}
),

reasoned as (
    select
        effects.*,
        {{ kpi_uplift_reason(
            'false', 'effects.start_date <= effects.as_of_date', 'effects.run_day_count',
            'effects.run_least_point_count', 'promotion_policy.promotion_min_points', 'effects.run_baseline_qty'
        ) }} as uplift_reason
    from effects
    inner join promotion_policy on effects.as_of_date = promotion_policy.as_of_date
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        category,
        mechanic,
        run_day_count,
        uplift_reason,
        case when uplift_reason is null then {{ kpi_uplift_ratio('run_sold_qty', 'run_baseline_qty') }} end
            as uplift_ratio,
        case
            when uplift_reason is null then {{ kpi_uplift_error_ratio(
                multiply(
                    multiply('usual_variance_ratio', 'run_season_days'),
                    'greatest(cast(' ~ divide('run_sold_qty', 'run_baseline_qty') ~ ' as decimal(12, 4)), 1)'
                ),
                multiply('usual_variance_ratio', 'run_spread_days'), 'run_sold_qty', 'run_baseline_qty'
            ) }}
        end as uplift_error_ratio,
        case when uplift_reason is null then run_sold_qty end as measured_sold_qty,
        case when uplift_reason is null then run_baseline_qty end as measured_baseline_qty
    from reasoned
)

select * from final
