-- Pairs of SKUs worth a comparison, each once: same category, same class of units, same numbers in the description, and
-- the first or the last word in common. Cost: sums of squares of these small blocks, never of a category.
{%- set block = ['category', 'uom_class', 'number_key'] %}
with match_keys as (
    select * from {{ ref('int_visibility__sku_match_key') }}
),

blocked as (
    {%- for word, other_word in [('first_word', none), ('last_word', 'first_word')] %}
    select
        ones.division_code,
        ones.item_code,
        ones.sku_id,
        ones.item_description,
        ones.word_key,
        ones.global_gtin14,
        ones.brand,
        ones.mpn_key,
        ones.base_uom_code,
        other_items.division_code as other_division_code,
        other_items.item_code as other_item_code,
        other_items.sku_id as other_sku_id,
        other_items.item_description as other_item_description,
        other_items.word_key as other_word_key,
        other_items.global_gtin14 as other_global_gtin14,
        other_items.brand as other_brand,
        other_items.mpn_key as other_mpn_key,
        other_items.base_uom_code as other_base_uom_code,
        ones.category,
        ones.uom_class,
        ones.number_key
    from match_keys as ones
    inner join match_keys as other_items
        on
            {%- for key in block %}
            ones.{{ key }} = other_items.{{ key }} and
            {%- endfor %}
            ones.{{ word }} = other_items.{{ word }}
            {%- if other_word %}
            and ones.{{ other_word }} <> other_items.{{ other_word }}
            {%- endif %}
            and ones.sku_id < other_items.sku_id
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        *,
        {{ fixed_from_float(text_of('similarity', 'word_key', 'other_word_key')) }} as similarity_ratio
    from blocked
)

select * from final
