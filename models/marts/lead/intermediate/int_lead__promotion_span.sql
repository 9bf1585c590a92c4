-- The days of a promotion by weekday and by what they are: run (past, with goods), empty (past, without), dip (past,
-- after it, with goods), plan (to come).
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
),

record_days as (
    select
        *,
        case
            when is_running and not is_past then 'plan'
            when is_running and is_stockout then 'empty'
            when is_running then 'run'
            when is_past and not is_stockout then 'dip'
        end as span
    from {{ ref('int_lead__promoted_record_day') }}
    where promotion_code is not null
),

final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        record_days.span,
        record_days.iso_weekday,
        cast(count(*) as integer) as day_count,
        bool_or(record_days.is_overlapping) as is_overlapping,
        cast(sum(record_days.season_ratio) as decimal(24, 6)) as season_days,
        cast(sum(record_days.sold_qty) as decimal(18, 4)) as sold_qty,
        cast(sum(record_days.others_sold_qty) as decimal(18, 4)) as others_sold_qty
    from promotions
    inner join record_days
        on
            promotions.sku_id = record_days.sku_id
            and promotions.location_id = record_days.location_id
            and promotions.promotion_code = record_days.promotion_code
    where record_days.span is not null
    group by
        promotions.division_code, promotions.promotion_code, promotions.sku_id, promotions.location_id,
        record_days.span, record_days.iso_weekday
)

select * from final
