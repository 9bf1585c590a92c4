-- Counts of items per scope and attribute; attribute `*` sums over the required ones.
with told as (
    select * from {{ ref('int_visibility__sku_attribute') }}
),

scoped as (
    {%- for scope_type, scope_id in [('company', "'*'"), ('division', 'division_code')] %}
    {%- for attribute_name, filter in [('attribute_name', 'true'), ("'*'", 'is_required')] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        {{ attribute_name }} as attribute_name,
        is_required,
        is_present,
        is_valid
    from told
    where {{ filter }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        scope_type,
        scope_id,
        attribute_name,
        bool_or(is_required) as is_required,
        count(*) as checked_count,
        count(*) filter (where is_present) as present_count,
        count(*) filter (where is_valid) as valid_count
    from scoped
    group by scope_type, scope_id, attribute_name
)

select * from final
