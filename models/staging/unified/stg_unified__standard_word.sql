{{ config(materialized='table') }}
-- Every word that a division uses for a category, brand or status. Nothing is dropped: a word without a standard one
-- stands for itself.
with versions as (
    select * from {{ ref('stg_unified__item_version') }}
),

sku_words as (
    select * from {{ ref('sku_words') }}
),

words as (
    {%- for attribute_name in ['category', 'brand', 'status'] %}
    select distinct
        division_code,
        '{{ attribute_name }}' as attribute_name,
        {{ attribute_name }}_word as source_word
    from versions
    where {{ attribute_name }}_word is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
),

final as (
    select
        words.division_code,
        words.attribute_name,
        words.source_word,
        coalesce(own_words.standard_word, common_words.standard_word, words.source_word) as standard_word,
        coalesce(own_words.standard_word, common_words.standard_word) is not null as is_mapped
    from words
    left join sku_words as own_words
        on
            words.division_code = own_words.division_code
            and words.attribute_name = own_words.attribute_name
            and words.source_word = own_words.source_word
    left join sku_words as common_words
        on
            common_words.division_code = '*'
            and words.attribute_name = common_words.attribute_name
            and words.source_word = common_words.source_word
)

select * from final
