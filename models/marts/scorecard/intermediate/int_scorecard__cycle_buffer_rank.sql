-- Ranks of both changes within each company and location: Spearman's correlation is that of the ranks.
with points as (
    select * from {{ ref('int_scorecard__cycle_buffer_point') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

scoped as (
    {%- for scope_type, scope_id in [('company', 'company_code'), ('location', 'location_id')] %}
    select
        '{{ scope_type }}' as scope_type,
        locations.{{ scope_id }} as scope_id,
        points.*
    from points
    inner join locations on points.location_id = locations.location_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        location_id,
        cycle_stage,
        month_start_date,
        {%- for change in ['p90_change_hours', 'cover_change_days'] %}
        -- Twice the mean rank of equal changes, which is whole.
        cast(
            2 * rank() over (partition by scope_type, scope_id, cycle_stage order by {{ change }})
            + count(*) over (partition by scope_type, scope_id, cycle_stage, {{ change }}) - 1 as integer
        ) as twice_{{ change }}_rank,
        {%- endfor %}
        cast(count(*) over (partition by scope_type, scope_id, cycle_stage) as integer) as month_pair_count
    from scoped
)

select * from final
