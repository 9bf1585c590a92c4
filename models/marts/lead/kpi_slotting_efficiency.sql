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

{% set counts = [
    'pick_count', 'golden_pick_count', 'a_sku_count', 'a_golden_sku_count', 'unplaced_pick_count', 'walk_m',
    'busiest_aisle_pick_count', 'error_count', 'elsewhere_count',
] %}

-- A zone from which nothing was picked may hold the nearest homes.
keys as (
    select
        location_id,
        zone,
        week_start_date
    from zone_weeks

    union

    select
        location_id,
        zone,
        week_start_date
    from ideal_walks
),

joined as (
    select
        keys.location_id,
        keys.zone,
        keys.week_start_date,
        {%- for name in counts %}
        coalesce(zone_weeks.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        coalesce(ideal_walks.ideal_walk_m, 0) as ideal_walk_m
    from keys
    left join zone_weeks using (location_id, zone, week_start_date)
    left join ideal_walks using (location_id, zone, week_start_date)
),

final as (
    select
        joined.location_id,
        joined.zone,
        joined.week_start_date,
        {{ week_end('joined.week_start_date') }} as week_end_date,
        {{ week_end('joined.week_start_date') }} < cutoff.as_of_date as is_week_closed,
        joined.pick_count,
        joined.golden_pick_count,
        {{ kpi_slotting_ratio('joined.golden_pick_count', 'joined.pick_count') }} as golden_ratio,
        case when joined.pick_count = 0 then 'no_pick' end as golden_reason,
        joined.a_sku_count,
        joined.a_golden_sku_count,
        joined.unplaced_pick_count,
        joined.walk_m,
        {{ kpi_slotting_ratio('joined.walk_m', 'joined.pick_count - joined.unplaced_pick_count') }}
            as walk_per_pick_m,
        joined.ideal_walk_m,
        joined.busiest_aisle_pick_count,
        {{ kpi_slotting_ratio('joined.busiest_aisle_pick_count', 'joined.pick_count') }} as congestion_ratio,
        joined.error_count,
        joined.elsewhere_count,
        {{ kpi_slotting_ratio('joined.error_count', 'joined.pick_count') }} as error_ratio
    from joined
    cross join cutoff
)

select * from final
