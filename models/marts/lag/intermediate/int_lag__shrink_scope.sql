-- What was lost and found in each scope and quarter, sums only: a ratio of a scope is the ratio of its sums.
with records as (
    select * from {{ ref('int_lag__shrink_record') }}
),

final as (
    {%- for scope_type, scope_id in shrink_scopes().items() %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        quarter_start_date,
        max(last_day_date) as last_day_date,
        bool_and(is_quarter_closed) as is_quarter_closed,
        {%- for name in ['location_id', 'zone', 'category', 'sector'] %}
        case when min({{ name }}) = max({{ name }}) then min({{ name }}) end as {{ name }},
        {%- endfor %}
        {%- for name in shrink_counts() %}
        cast(sum({{ name }}) as bigint) as {{ name }},
        {%- endfor %}
        {%- for name in ['book_qty', 'known_cost_qty'] + shrink_amounts() %}
        cast(sum({{ name }}) as decimal(24, 4)) as {{ name }},
        {%- endfor %}
        cast(sum(opening_amount) as decimal(24, 4)) as opening_amount
    from records
    where {{ scope_id }} is not null
    group by {{ scope_id }}, quarter_start_date
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from final
