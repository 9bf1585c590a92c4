-- What is held to make picks go wrong, for each SKU, bin and week: the later weeks are held out, to judge the model by.
with pick_places as (
    select * from {{ ref('int_lead__pick_place') }}
),

stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

handlings as (
    select * from {{ ref('dim_sku_handling') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

slotting_policy as (
    {{ policy_as_of(
        ['slot_window_weeks', 'slot_holdout_weeks', 'slot_min_errors'], over='cutoff', as_of='as_of_date'
    ) }}
),

windowed as (
    select
        pick_places.*,
        handlings.cube_m3,
        slotting_policy.slot_min_errors,
        pick_places.week_start_date > {{ add_weeks(
            "cast(date_trunc('week', slotting_policy.as_of_date) as date)", '-slotting_policy.slot_holdout_weeks'
        ) }} as is_holdout,
        sum(pick_places.pick_count) over (
            partition by pick_places.location_id, pick_places.aisle, pick_places.week_start_date
        ) as aisle_pick_count
    from pick_places
    cross join slotting_policy
    left join stock_records using (sku_id, location_id)
    left join handlings
        on stock_records.sku_id = handlings.sku_id and stock_records.division_code = handlings.division_code
    where pick_places.week_start_date > {{ add_weeks(
        "cast(date_trunc('week', slotting_policy.as_of_date) as date)", '-slotting_policy.slot_window_weeks'
    ) }}
),

final as (
    select
        location_id,
        sku_id,
        bin_code,
        week_start_date,
        zone,
        is_holdout,
        greatest(pick_count, error_count) as trial_count,
        error_count,
        sum(case when is_holdout then 0 else error_count end) over (partition by location_id) >= slot_min_errors
            as has_enough_errors,
        cast(case when is_low then 1 else 0 end as decimal(18, 6)) as low_rate,
        cast(case when is_high then 1 else 0 end as decimal(18, 6)) as high_rate,
        cast(case when has_similar_neighbour then 1 else 0 end as decimal(18, 6)) as neighbour_rate,
        {{ kpi_log_count('pick_count') }} as velocity_rate,
        {{ kpi_log_count('coalesce(cube_m3, 0)') }} as cube_rate,
        {{ kpi_log_count('aisle_pick_count') }} as density_rate
    from windowed
)

select * from final
