-- Conformity of the SKU master per division and attribute, and over all required ones (`*`), where duplicates stand
-- too.
with counts as (
    select * from {{ ref('int_visibility__sku_attribute_scope') }}
),

items as (
    select * from {{ ref('dim_item') }}
),

conflicts as (
    select * from {{ ref('fct_sku_conflict') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

records as (
    select
        'company' as scope_type,
        '*' as scope_id,
        count(*) as record_count,
        count(distinct sku_id) as golden_count
    from items

    union all

    select
        'division' as scope_type,
        division_code as scope_id,
        count(*) as record_count,
        count(distinct sku_id) as golden_count
    from items
    group by division_code
),

scoped_conflicts as (
    {%- for scope_type, scope_id in [('company', "'*'"), ('division', 'division_code')] %}
    {%- for attribute_name in ['attribute_name', "'*'"] %}
    select
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        {{ attribute_name }} as attribute_name
    from conflicts
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

conflict_counts as (
    select
        scope_type,
        scope_id,
        attribute_name,
        count(*) as conflict_count
    from scoped_conflicts
    group by scope_type, scope_id, attribute_name
),

final as (
    select
        counts.scope_type,
        counts.scope_id,
        counts.attribute_name,
        cutoff.as_of_date,
        counts.is_required,
        counts.checked_count,
        counts.present_count,
        counts.valid_count,
        {{ kpi_sku_conformity_ratio('counts.valid_count', 'counts.checked_count') }} as conformity_ratio,
        coalesce(conflict_counts.conflict_count, 0) as conflict_count,
        records.record_count,
        records.golden_count,
        {{ kpi_sku_duplicate_ratio('records.record_count', 'records.golden_count') }} as duplicate_ratio
    from counts
    cross join cutoff
    inner join records on counts.scope_type = records.scope_type and counts.scope_id = records.scope_id
    left join conflict_counts
        on
            counts.scope_type = conflict_counts.scope_type
            and counts.scope_id = conflict_counts.scope_id
            and counts.attribute_name = conflict_counts.attribute_name
)

select * from final
