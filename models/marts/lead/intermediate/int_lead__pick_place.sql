-- Picks of a SKU from a bin by week, with where the bin lies; a bin that no list names lies nowhere.
with pick_weeks as (
    select * from {{ ref('int_lead__pick_week') }}
),

places as (
    select * from {{ ref('int_lead__bin_place') }}
),

record_classes as (
    select * from {{ ref('int_lead__stock_record_class') }}
),

final as (
    select
        pick_weeks.sku_id,
        pick_weeks.location_id,
        pick_weeks.bin_code,
        pick_weeks.week_start_date,
        pick_weeks.pick_count,
        pick_weeks.error_count,
        pick_weeks.elsewhere_count,
        coalesce(record_classes.abc_class, '-') as abc_class,
        coalesce(places.zone, '-') as zone,
        coalesce(places.aisle, '-') as aisle,
        places.distance_m,
        coalesce(places.is_golden, false) as is_golden,
        coalesce(places.is_low, false) as is_low,
        coalesce(places.is_high, false) as is_high,
        coalesce(places.has_similar_neighbour, false) as has_similar_neighbour
    from pick_weeks
    left join places using (location_id, bin_code)
    left join record_classes using (sku_id, location_id)
)

select * from final
