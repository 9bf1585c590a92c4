-- Picks of a zone by week: how many, from where, how far, how many of them wrong.
with pick_places as (
    select * from {{ ref('int_lead__pick_place') }}
),

aisles as (
    select
        location_id,
        zone,
        week_start_date,
        aisle,
        sum(pick_count) as pick_count
    from pick_places
    group by location_id, zone, week_start_date, aisle
),

busiest as (
    select
        location_id,
        zone,
        week_start_date,
        cast(max(pick_count) as bigint) as busiest_aisle_pick_count
    from aisles
    group by location_id, zone, week_start_date
),

summed as (
    select
        location_id,
        zone,
        week_start_date,
        cast(sum(pick_count) as bigint) as pick_count,
        cast(sum(case when is_golden then pick_count else 0 end) as bigint) as golden_pick_count,
        count(distinct case when abc_class = 'A' then sku_id end) as a_sku_count,
        count(distinct case when abc_class = 'A' and is_golden then sku_id end) as a_golden_sku_count,
        cast(sum(case when distance_m is null then pick_count else 0 end) as bigint) as unplaced_pick_count,
        cast(coalesce(sum(pick_count * distance_m), 0) as decimal(24, 4)) as walk_m,
        cast(sum(error_count) as bigint) as error_count,
        cast(sum(elsewhere_count) as bigint) as elsewhere_count
    from pick_places
    group by location_id, zone, week_start_date
),

final as (
    select
        summed.*,
        busiest.busiest_aisle_pick_count
    from summed
    inner join busiest using (location_id, zone, week_start_date)
)

select * from final
