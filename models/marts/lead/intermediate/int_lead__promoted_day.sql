-- Days of stock records on which a promotion ran or its dip lasted. Of several promotions of one day the deepest has
-- it: the highest discount, of equal ones the last begun.
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
),

days as (
    select * from {{ ref('dim_date') }}
),

ran as (
    select
        promotions.sku_id,
        promotions.location_id,
        promotions.promotion_code,
        days.date_day,
        days.date_day <= promotions.end_date as is_running,
        row_number() over (
            partition by promotions.sku_id, promotions.location_id, days.date_day
            order by
                case when days.date_day <= promotions.end_date then 0 else 1 end,
                promotions.discount_ratio desc nulls last,
                promotions.start_date desc,
                promotions.promotion_code asc
        ) as depth_rank,
        sum(case when days.date_day <= promotions.end_date then 1 else 0 end) over (
            partition by promotions.sku_id, promotions.location_id, days.date_day
        ) as running_count
    from promotions
    inner join days on promotions.start_date <= days.date_day and promotions.dip_end_date >= days.date_day
),

final as (
    select
        sku_id,
        location_id,
        date_day,
        promotion_code,
        is_running,
        running_count > 1 as is_overlapping
    from ran
    where depth_rank = 1
)

select * from final
