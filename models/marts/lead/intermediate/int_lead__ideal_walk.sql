-- The walk of a week if the SKUs picked most lay nearest: SKUs by picks, and the bins they were picked from by distance,
-- joined place by place. The walk counts in the zone of the bin.
with pick_places as (
    select * from {{ ref('int_lead__pick_place') }}
    where distance_m is not null and pick_count > 0
),

ranked_hits as (
    select
        location_id,
        week_start_date,
        pick_count,
        row_number() over (
            partition by location_id, week_start_date order by pick_count desc, sku_id, bin_code
        ) as place_number
    from pick_places
),

ranked_bins as (
    select
        location_id,
        week_start_date,
        zone,
        distance_m,
        row_number() over (
            partition by location_id, week_start_date order by distance_m, bin_code, sku_id
        ) as place_number
    from pick_places
),

final as (
    select
        ranked_bins.location_id,
        ranked_bins.zone,
        ranked_bins.week_start_date,
        cast(sum(ranked_hits.pick_count * ranked_bins.distance_m) as decimal(24, 4)) as ideal_walk_m
    from ranked_bins
    inner join ranked_hits using (location_id, week_start_date, place_number)
    group by ranked_bins.location_id, ranked_bins.zone, ranked_bins.week_start_date
)

select * from final
