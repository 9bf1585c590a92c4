-- The zone in which goods are at home at the end of each quarter: where they are slotted (of several the first by
-- name), else the zone of the bin counted last in it.
with quarters as (
    select
        cast(date_trunc('quarter', month_start_date) as date) as quarter_start_date,
        max(last_day_date) as last_day_date
    from {{ ref('int_lag__month') }}
    group by cast(date_trunc('quarter', month_start_date) as date)
),

slottings as (
    select * from {{ ref('fct_slotting') }}
),

counts as (
    select * from {{ ref('int_lag__shrink_count') }}
),

bins as (
    select * from {{ ref('dim_bin') }}
),

places as (
    select
        slottings.sku_id,
        slottings.location_id,
        quarters.quarter_start_date,
        slottings.bin_code,
        true as is_slotted
    from slottings
    inner join quarters
        on quarters.last_day_date between slottings.valid_from_date and slottings.valid_to_date

    union all

    select
        sku_id,
        location_id,
        quarter_start_date,
        {{ value_at_max('bin_code', 'counted_date') }} as bin_code,
        false as is_slotted
    from counts
    group by sku_id, location_id, quarter_start_date
),

final as (
    select
        places.sku_id,
        places.location_id,
        places.quarter_start_date,
        coalesce(min(bins.zone) filter (where places.is_slotted), min(bins.zone)) as zone
    from places
    inner join bins using (location_id, bin_code)
    where bins.zone is not null
    group by places.sku_id, places.location_id, places.quarter_start_date
)

select * from final
