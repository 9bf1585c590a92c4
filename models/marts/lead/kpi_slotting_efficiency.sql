-- How well the goods of a zone lie for those who pick them, week by week.
with zone_weeks as (
    select * from {{ ref('int_lead__zone_week') }}
),

ideal_walks as (
    select * from {{ ref('int_lead__ideal_walk') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        zone_weeks.location_id,
        zone_weeks.zone,
        zone_weeks.week_start_date,
        {{ week_end('zone_weeks.week_start_date') }} as week_end_date,
        {{ week_end('zone_weeks.week_start_date') }} < cutoff.as_of_date as is_week_closed,
        zone_weeks.pick_count,
        zone_weeks.golden_pick_count,
        {{ kpi_slotting_ratio('zone_weeks.golden_pick_count', 'zone_weeks.pick_count') }} as golden_ratio,
        case when zone_weeks.pick_count = 0 then 'no_pick' end as golden_reason,
        zone_weeks.a_sku_count,
        zone_weeks.a_golden_sku_count,
        zone_weeks.unplaced_pick_count,
        zone_weeks.walk_m,
        {{ kpi_slotting_ratio('zone_weeks.walk_m', 'zone_weeks.pick_count - zone_weeks.unplaced_pick_count') }}
            as walk_per_pick_m,
        coalesce(ideal_walks.ideal_walk_m, 0) as ideal_walk_m,
        zone_weeks.busiest_aisle_pick_count,
        {{ kpi_slotting_ratio('zone_weeks.busiest_aisle_pick_count', 'zone_weeks.pick_count') }} as congestion_ratio,
        zone_weeks.error_count,
        zone_weeks.elsewhere_count,
        {{ kpi_slotting_ratio('zone_weeks.error_count', 'zone_weeks.pick_count') }} as error_ratio
    from zone_weeks
    cross join cutoff
    left join ideal_walks using (location_id, zone, week_start_date)
)

select * from final
