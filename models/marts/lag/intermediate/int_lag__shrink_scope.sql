-- What was lost and found in each scope and quarter, sums only: a ratio of a scope is the ratio of its sums.
with records as (
    select * from {{ ref('int_lag__shrink_record') }}
),

{% set counts = shrink_counts() %}
{% set sums = ['book_qty', 'known_cost_qty'] + shrink_amounts() %}

scoped as (
    {%- for scope_type, scope_id in shrink_scopes().items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        quarter_start_date,
        {{ 'location_id' if scope_type.startswith('location') else 'cast(null as string)' }} as location_id,
        {{ 'zone' if 'zone' in scope_type else 'cast(null as string)' }} as zone,
        {{ 'category' if 'category' in scope_type else 'cast(null as string)' }} as category,
        max(last_day_date) as last_day_date,
        bool_and(is_quarter_closed) as is_quarter_closed,
        case when min(sector) = max(sector) then min(sector) end as sector,
        {%- for name in counts %}
        cast(sum({{ name }}) as bigint) as {{ name }},
        {%- endfor %}
        {%- for name in sums %}
        cast(sum({{ name }}) as decimal(24, 4)) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from records
    where {{ scope_id }} is not null
    group by {{ scope_id }}, quarter_start_date
    {%- if scope_type.startswith('location') %}, location_id{% endif %}
    {%- if 'zone' in scope_type %}, zone{% endif %}
    {%- if 'category' in scope_type and scope_type != 'category' %}, category{% endif %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select * from scoped
)

select * from final
