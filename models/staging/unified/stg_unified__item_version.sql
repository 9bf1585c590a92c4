{{ config(materialized='table') }}
-- History of the item master from the immutable batches: an extract that says what the one before said makes no
-- version.
{%- set texts = ['description', 'category', 'subcategory', 'brand', 'mpn', 'base_uom', 'status'] %}
{%- set others = [
    'gtin', 'is_key', 'launch_date', 'end_of_life_date', 'superseded_by', 'shelf_life_days', 'list_price_amount',
    'currency', 'updated_at', 'storage_min_celsius', 'storage_max_celsius', 'pack_qty'
] %}
with items as (
    select * from {{ ref('stg_erp__items') }}
),

compatible_texts as (
    select * from {{ ref('stg_unified__compatible_text') }}
),

-- Of two extracts of one instant the later batch speaks.
extracts as (
    {{ latest_extracts('items', ['division_code', 'item_code', '_meta_extracted_at']) }}
),

folded as (
    select
        extracts.division_code,
        extracts.item_code,
        {%- for column in texts %}
        coalesce({{ column }}_text.compatible_text, extracts.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in others %}
        extracts.{{ column }},
        {%- endfor %}
        extracts._meta_extracted_at
    from extracts
    left join compatible_texts as description_text on extracts.description = description_text.source_text
    {%- for column in texts[1:] %}
    left join compatible_texts as {{ column }}_text on extracts.{{ column }} = {{ column }}_text.source_text
    {%- endfor %}
),

told as (
    select
        *,
        concat_ws(
            '|',
            {%- for column in texts + others %}
            coalesce(cast({{ column }} as string), '-'){{ ',' if not loop.last }}
            {%- endfor %}
        ) as version_text
    from folded
),

compared as (
    select
        *,
        lag(version_text) over (partition by division_code, item_code order by _meta_extracted_at) as before_text
    from told
),

final as (
    select
        division_code,
        item_code,
        {%- for column in texts + others %}
        {{ column }},
        {%- endfor %}
        {{ normalised_text('category') }} as category_word,
        {{ normalised_text('brand') }} as brand_word,
        {{ normalised_text('status') }} as status_word,
        {{ normalised_text('mpn') }} as mpn_key,
        {{ normalised_text('base_uom') }} as base_uom_word,
        _meta_extracted_at as valid_from,
        coalesce(
            lead(_meta_extracted_at) over (partition by division_code, item_code order by _meta_extracted_at),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from compared
    where before_text is null or before_text <> version_text
)

select * from final
