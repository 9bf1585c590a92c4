-- Each attribute of each item: is it there, is it valid.
{%- set checks = [
    ('description', 'item_description', 'true'),
    ('category', 'category_word', 'is_category_mapped'),
    ('brand', 'brand', 'is_brand_mapped'),
    ('base_uom', 'base_uom_code', "is_base_uom_known and uom_class <> 'unknown'"),
    ('gtin', 'gtin', "gtin_status = 'valid'"),
    ('status', 'item_status', 'is_status_mapped'),
    ('mpn', 'mpn_key', 'brand is not null'),
    ('storage_class', 'storage_class', 'coalesce(storage_min_celsius <= storage_max_celsius, true)')
] %}
with items as (
    select * from {{ ref('dim_item') }}
),

attributes as (
    select * from {{ ref('sku_attributes') }}
),

told as (
    {%- for attribute_name, column, is_valid in checks %}
    select
        division_code,
        item_code,
        sku_id,
        '{{ attribute_name }}' as attribute_name,
        nullif(trim({{ column }}), '') as told_value,
        {{ is_valid }} as is_accepted
    from items
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        told.division_code,
        told.item_code,
        told.sku_id,
        told.attribute_name,
        attributes.is_required,
        told.told_value,
        told.told_value is not null as is_present,
        told.told_value is not null and told.is_accepted as is_valid
    from told
    inner join attributes on told.attribute_name = attributes.attribute_name
)

select * from final
