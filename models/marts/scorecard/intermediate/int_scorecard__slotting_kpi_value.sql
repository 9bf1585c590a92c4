-- KPIs of slotting in the shape of the scorecard, one branch per registry row, by closed week; sites roll up to
-- region, division and company.
with efficiencies as (
    select * from {{ ref('kpi_slotting_efficiency') }}
    where is_week_closed
),

locations as (
    select * from {{ ref('dim_location') }}
),

summed as (
    {%- for scope_type, scope_id in {
        'location': 'location_id', 'region': 'region_id', 'division': 'division_code', 'company': 'company_code'
    }.items() %}
    select
        '{{ scope_type }}' as scope_type,
        locations.{{ scope_id }} as scope_id,
        efficiencies.week_start_date,
        efficiencies.week_end_date,
        sum(efficiencies.golden_pick_count) as golden_pick_count,
        sum(efficiencies.pick_count) as pick_count,
        sum(efficiencies.ideal_walk_m) as ideal_walk_m,
        sum(efficiencies.walk_m) as walk_m,
        sum(efficiencies.error_count) as error_count
    from efficiencies
    inner join locations on efficiencies.location_id = locations.location_id
    group by locations.{{ scope_id }}, efficiencies.week_start_date, efficiencies.week_end_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

{% set branches = [
    ('golden_zone_ratio', 'golden_pick_count', 'pick_count'),
    ('slotting_efficiency_ratio', 'ideal_walk_m', 'walk_m'),
    ('pick_error_ratio', 'error_count', 'pick_count'),
] %}

final as (
    {%- for kpi_id, part, whole in branches %}
    {{ kpi_value_branch(
        kpi_id, 'summed', part, whole, kpi_slotting_ratio(part, whole), reason_without(whole, 'no_pick'),
        ['week_start_date', 'week_end_date']
    ) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
