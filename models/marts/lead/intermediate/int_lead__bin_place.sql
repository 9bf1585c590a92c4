-- Where each bin lies: how far, whether within reach, and what is at home in the bins beside it.
with bins as (
    select * from {{ ref('dim_bin') }}
),

slottings as (
    select * from {{ ref('fct_slotting') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

reach_policy as (
    {{ policy_as_of(['golden_min_cm', 'golden_max_cm'], over='cutoff', as_of='as_of_date') }}
),

homes as (
    select
        slottings.location_id,
        slottings.bin_code,
        min(skus.category) as category
    from slottings
    inner join cutoff
        on slottings.valid_from_date <= cutoff.as_of_date and slottings.valid_to_date >= cutoff.as_of_date
    inner join skus on slottings.sku_id = skus.sku_id
    group by slottings.location_id, slottings.bin_code
),

placed as (
    select
        bins.location_id,
        bins.bin_code,
        bins.zone,
        coalesce(bins.aisle, '-') as aisle,
        coalesce(bins.distance_m, abs(bins.x_m) + abs(bins.y_m)) as distance_m,
        {{ kpi_is_golden('bins.height_cm', 'reach_policy.golden_min_cm', 'reach_policy.golden_max_cm') }} as is_golden,
        bins.height_cm < reach_policy.golden_min_cm as is_low,
        bins.height_cm > reach_policy.golden_max_cm as is_high,
        homes.bin_code is not null as is_home,
        homes.category,
        lag(homes.category) over along_aisle as before_category,
        lead(homes.category) over along_aisle as after_category
    from bins
    cross join reach_policy
    left join homes on bins.location_id = homes.location_id and bins.bin_code = homes.bin_code
    window along_aisle as (partition by bins.location_id, bins.zone order by bins.y_m, bins.x_m, bins.bin_code)
),

final as (
    select
        location_id,
        bin_code,
        coalesce(zone, '-') as zone,
        aisle,
        cast(distance_m as decimal(18, 4)) as distance_m,
        coalesce(is_golden, false) as is_golden,
        coalesce(is_low, false) as is_low,
        coalesce(is_high, false) as is_high,
        is_home,
        coalesce(category in (before_category, after_category), false) as has_similar_neighbour
    from placed
)

select * from final
