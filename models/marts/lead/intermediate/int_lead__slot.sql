-- Bins that goods can be given as a home, the nearest to the dock first: those that are one, and those picked from.
with places as (
    select * from {{ ref('int_lead__bin_place') }}
),

pick_weeks as (
    select * from {{ ref('int_lead__pick_week') }}
),

picked as (
    select distinct
        location_id,
        bin_code,
        true as was_picked
    from pick_weeks
),

final as (
    select
        places.location_id,
        places.bin_code,
        places.zone,
        places.distance_m,
        row_number() over (
            partition by places.location_id order by places.distance_m, places.bin_code
        ) as distance_rank
    from places
    left join picked using (location_id, bin_code)
    where places.distance_m is not null and (places.is_home or coalesce(picked.was_picked, false))
)

select * from final
