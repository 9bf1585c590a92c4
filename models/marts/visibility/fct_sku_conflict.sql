-- What the masters say against each other. Nothing is merged over a conflict; a steward decides.
with items as (
    select * from {{ ref('dim_item') }}
),

item_gtins as (
    select * from {{ ref('bridge_item_gtin') }}
    where global_gtin14 is not null
),

loops as (
    select * from {{ ref('int_visibility__sku_superseded_loop') }}
),

verdicts as (
    select * from {{ ref('fct_match_verdict') }}
    where verdict_outcome in ('unknown_item', 'contradicted', 'other_base_unit')
),

changes as (
    select * from {{ ref('fct_item_change') }}
    where is_code_reused
),

-- What each item says of a thing that all who name it must say alike.
statements as (
    select
        'gtin_in_two_base_units' as conflict_type,
        'base_uom' as attribute_name,
        global_gtin14 as conflict_key,
        division_code,
        item_code,
        base_uom_code as told_value
    from items
    where global_gtin14 is not null

    union all

    select
        'gtin_in_two_packs' as conflict_type,
        'gtin' as attribute_name,
        global_gtin14 as conflict_key,
        division_code,
        item_code,
        cast(factor_to_base as string) as told_value
    from item_gtins
    {%- for attribute_name, column in [
        ('category', 'category'), ('brand', 'brand'), ('status', 'item_status'), ('storage_class', 'storage_class')
    ] %}

    union all

    select
        '{{ attribute_name }}_differs' as conflict_type,
        '{{ attribute_name }}' as attribute_name,
        sku_id as conflict_key,
        division_code,
        item_code,
        {{ column }} as told_value
    from items
    where {{ column }} is not null
    {%- endfor %}
),

contradicted as (
    select
        conflict_type,
        conflict_key
    from statements
    group by conflict_type, conflict_key
    having count(distinct told_value) > 1
),

conflicts as (
    select distinct statements.*
    from statements
    inner join contradicted
        on
            statements.conflict_type = contradicted.conflict_type
            and statements.conflict_key = contradicted.conflict_key

    union all

    select
        'superseded_loop' as conflict_type,
        'superseded_by' as attribute_name,
        loops.item_code as conflict_key,
        loops.division_code,
        loops.item_code,
        items.superseded_by as told_value
    from loops
    inner join items using (division_code, item_code)

    union all

    select
        'code_reused' as conflict_type,
        'gtin' as attribute_name,
        cast(changed_at as string) as conflict_key,
        division_code,
        item_code,
        old_value || ' became ' || new_value as told_value
    from changes

    union all

    select
        'verdict_' || verdict_outcome as conflict_type,
        'gtin' as attribute_name,
        other_division_code || '|' || other_item_code as conflict_key,
        division_code,
        item_code,
        verdict as told_value
    from verdicts
),

final as (
    select
        conflicts.conflict_type,
        conflicts.attribute_name,
        conflicts.conflict_key,
        conflicts.division_code,
        conflicts.item_code,
        items.sku_id,
        conflicts.told_value
    from conflicts
    left join items
        on
            conflicts.division_code = items.division_code
            and conflicts.item_code = items.item_code
)

select * from final
