-- Each promotion that was meant to run: what it sold and should have sold, with the standard deviation of either.
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
),

expected as (
    select * from {{ ref('int_lead__promotion_expected') }}
),

deviations as (
    select * from {{ ref('int_lead__promotion_deviation') }}
),

spread as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        coalesce(bool_or(is_overlapping), false) as is_overlapping,
        {%- for span in ['run', 'empty', 'dip', 'plan'] %}
        coalesce(max(day_count) filter (where span = '{{ span }}'), 0) as {{ span }}_day_count,
        {%- endfor %}
        {%- for span in ['run', 'dip', 'plan'] %}
        {%- for name in [
            'least_point_count', 'sold_qty', 'others_sold_qty', 'baseline_qty', 'others_baseline_qty', 'season_days',
            'spread_days'
        ] %}
        max({{ name }}) filter (where span = '{{ span }}') as {{ span }}_{{ name }},
        {%- endfor %}
        {%- endfor %}
        count(*) as span_count
    from expected
    group by division_code, promotion_code, sku_id, location_id
),

final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        promotions.category,
        promotions.mechanic,
        promotions.start_date,
        promotions.end_date,
        promotions.as_of_date,
        promotions.dip_end_date <= promotions.as_of_date as is_dip_over,
        coalesce(spread.is_overlapping, false) as is_overlapping,
        coalesce(spread.run_day_count, 0) as run_day_count,
        coalesce(spread.empty_day_count, 0) as empty_day_count,
        coalesce(spread.plan_day_count, 0) as plan_day_count,
        coalesce(spread.run_least_point_count, 0) as run_least_point_count,
        coalesce(spread.plan_least_point_count, 0) as plan_least_point_count,
        deviations.usual_variance_ratio,
        spread.run_sold_qty,
        spread.run_baseline_qty,
        spread.run_season_days,
        spread.run_spread_days,
        spread.run_others_sold_qty,
        spread.run_others_baseline_qty,
        {{ kpi_sum_error_qty(
            'deviations.others_usual_variance_ratio', 'spread.run_season_days', 'spread.run_spread_days'
        ) }} as run_others_error_qty,
        spread.dip_sold_qty,
        spread.dip_baseline_qty,
        spread.plan_baseline_qty,
        spread.plan_season_days,
        spread.plan_spread_days
    from promotions
    left join spread
        on
            promotions.division_code = spread.division_code
            and promotions.promotion_code = spread.promotion_code
            and promotions.sku_id = spread.sku_id
            and promotions.location_id = spread.location_id
    left join deviations
        on
            promotions.division_code = deviations.division_code
            and promotions.promotion_code = deviations.promotion_code
            and promotions.sku_id = deviations.sku_id
            and promotions.location_id = deviations.location_id
)

select * from final
