-- What was expected, at each month's end, of the periods after it. Item codes of one SKU are forecast apart and sold
-- together.
with versions as (
    select * from {{ ref('int_lag__forward_version') }}
    where version_rank = 1 and source_rank = 1
),

summed as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        period_start_date,
        max(period_end_date) as period_end_date,
        cast(sum(forecast_qty) as decimal(24, 4)) as forecast_qty
    from versions
    group by sku_id, location_id, month_start_date, last_day_date, period_start_date
),

-- Of periods that have all begun, which only odd ones can, the last one speaks.
ranked as (
    select
        *,
        row_number() over (
            partition by
                sku_id, location_id, month_start_date,
                greatest(period_start_date, {{ add_days('last_day_date', 1) }})
            order by period_start_date desc
        ) as begun_rank
    from summed
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        period_start_date,
        period_end_date,
        forecast_qty
    from ranked
    where begun_rank = 1
)

select * from final
