-- The walk of a week if the goods of the bins picked most lay nearest: bins by picks, and all homes of the site by
-- distance, joined place by place. The walk counts in the zone of the home.
with pick_places as (
    select * from {{ ref('int_lead__pick_place') }}
    where distance_m is not null and pick_count > 0
),

slots as (
    select * from {{ ref('int_lead__slot') }}
),

hits as (
    select
        location_id,
        week_start_date,
        bin_code,
        sum(pick_count) as pick_count
    from pick_places
    group by location_id, week_start_date, bin_code
),

ranked_hits as (
    select
        location_id,
        week_start_date,
        pick_count,
        row_number() over (partition by location_id, week_start_date order by pick_count desc, bin_code asc) as hit_rank
    from hits
),

final as (
    select
        slots.location_id,
        slots.zone,
        ranked_hits.week_start_date,
        cast(sum(ranked_hits.pick_count * slots.distance_m) as decimal(24, 4)) as ideal_walk_m
    from ranked_hits
    inner join slots
        on ranked_hits.location_id = slots.location_id and ranked_hits.hit_rank = slots.distance_rank
    group by slots.location_id, slots.zone, ranked_hits.week_start_date
)

select * from final
