-- Goods in their bins over the weeks looked at: how often they are picked, how far off, how likely wrongly, what was
-- found elsewhere, and which of a site belong nearest to the dock.
with chances as (
    select * from {{ ref('int_lead__pick_error_chance') }}
),

pick_places as (
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
    {{ policy_as_of(['slot_rate_z'], over='cutoff', as_of='as_of_date') }}
),

summed as (
    select
        chances.location_id,
        chances.sku_id,
        chances.bin_code,
        max(pick_places.zone) as zone,
        max(pick_places.distance_m) as distance_m,
        bool_or(pick_places.is_golden) as is_golden,
        cast(sum(pick_places.pick_count) as bigint) as pick_count,
        cast(sum(chances.error_count) as bigint) as error_count,
        cast(sum(pick_places.elsewhere_count) as bigint) as elsewhere_count,
        bool_or(chances.is_fitted) as is_fitted,
        max(chances.zone_trial_count) as zone_trial_count,
        max(chances.zone_error_count) as zone_error_count,
        sum(chances.trial_count * chances.error_probability) as expected_errors,
        sum(chances.trial_count) as trial_count
    from chances
    inner join pick_places using (location_id, sku_id, bin_code, week_start_date)
    group by chances.location_id, chances.sku_id, chances.bin_code
),

final as (
    select
        summed.location_id,
        summed.sku_id,
        summed.bin_code,
        summed.zone,
        summed.distance_m,
        summed.is_golden,
        summed.pick_count,
        summed.error_count,
        summed.elsewhere_count,
        summed.is_fitted,
        cast({{ kpi_slotting_ratio('summed.expected_errors', 'summed.trial_count') }} as decimal(18, 6))
            as error_probability,
        {{ kpi_wilson_bound('summed.zone_error_count', 'summed.zone_trial_count', 'slotting_policy.slot_rate_z', -1) }}
            as zone_error_low_ratio,
        {{ kpi_wilson_bound('summed.zone_error_count', 'summed.zone_trial_count', 'slotting_policy.slot_rate_z', 1) }}
            as zone_error_high_ratio,
        handlings.cube_m3,
        {{ kpi_coi('handlings.cube_m3', 'summed.pick_count') }} as coi_m3,
        case when handlings.cube_m3 is null then 'no_cube' when summed.pick_count = 0 then 'no_pick' end as coi_reason,
        cast(row_number() over (
            partition by summed.location_id
            order by
                {{ kpi_coi('handlings.cube_m3', 'summed.pick_count') }} nulls last,
                summed.pick_count desc, summed.sku_id, summed.bin_code
        ) as integer) as coi_rank,
        cast(row_number() over (
            partition by summed.location_id order by summed.distance_m nulls last, summed.bin_code, summed.sku_id
        ) as integer) as distance_rank
    from summed
    cross join slotting_policy
    left join stock_records using (sku_id, location_id)
    left join handlings
        on stock_records.sku_id = handlings.sku_id and stock_records.division_code = handlings.division_code
)

select * from final
