-- What a planner forecast of a record and month beside each benchmark, as far as both can be judged.
with forecast_months as (
    select * from {{ ref('int_lead__forecast_month') }}
    where demand_qty is not null
),

planner as (
    select * from forecast_months
    where forecast_origin = 'planner'
),

baseline as (
    select * from forecast_months
    where forecast_origin = 'baseline'
),

final as (
    select
        planner.sku_id,
        planner.location_id,
        planner.month_start_date,
        'baseline' as benchmark,
        planner.demand_qty,
        planner.abs_error_qty,
        baseline.abs_error_qty as benchmark_abs_error_qty
    from planner
    left join baseline using (sku_id, location_id, month_start_date, period_type)

    union all

    select
        sku_id,
        location_id,
        month_start_date,
        'statistical' as benchmark,
        demand_qty,
        abs_error_qty,
        cast(abs(statistical_qty - demand_qty) as decimal(18, 4)) as benchmark_abs_error_qty
    from planner
)

select * from final
