-- History of the SKU master: each attribute that an extract told otherwise than the one before.
{%- set attributes = [
    'description', 'category', 'subcategory', 'brand', 'base_uom', 'gtin', 'mpn', 'status', 'is_key', 'launch_date',
    'end_of_life_date', 'superseded_by', 'shelf_life_days', 'list_price_amount', 'currency', 'storage_min_celsius',
    'storage_max_celsius', 'pack_qty'
] %}
with versions as (
    select * from {{ ref('stg_unified__item_version') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

told as (
    {%- for attribute_name in attributes %}
    select
        division_code,
        item_code,
        '{{ attribute_name }}' as attribute_name,
        valid_from as changed_at,
        cast({{ attribute_name }} as string) as new_value,
        lag(cast({{ attribute_name }} as string)) over (
            partition by division_code, item_code
            order by valid_from
        ) as old_value,
        row_number() over (partition by division_code, item_code order by valid_from) as version_number
    from versions
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        told.division_code,
        told.item_code,
        crosswalk.sku_id,
        told.attribute_name,
        told.changed_at,
        told.old_value,
        told.new_value,
        told.attribute_name = 'gtin' and told.changed_at = crosswalk.valid_from as is_code_reused
    from told
    left join crosswalk
        on
            told.division_code = crosswalk.division_code
            and told.item_code = crosswalk.item_code
            and told.changed_at >= crosswalk.valid_from
            and told.changed_at < crosswalk.valid_to
    where told.version_number > 1 and coalesce(told.old_value, '') <> coalesce(told.new_value, '')
)

select * from final
