-- What descriptions are compared by: numbers apart from words, words once each, without accents and in order, so that
-- case, word order and a brand named twice do not matter. Brand and description together.
with items as (
    select * from {{ ref('dim_item') }}
),

texts as (
    select
        *,
        {{ text_of('upper', "concat_ws(' ', brand, item_description)") }} as match_text
    from items
),

keyed as (
    select
        *,
        {{ text_of('numbers', 'match_text') }} as number_key,
        {{ text_of('plain_words', 'match_text') }} as word_key
    from texts
    where match_text is not null
),

final as (
    select
        division_code,
        item_code,
        sku_id,
        rule_sku_id,
        category,
        uom_class,
        base_uom_code,
        global_gtin14,
        brand,
        mpn_key,
        item_description,
        coalesce(number_key, '') as number_key,
        word_key,
        split_part(word_key, ' ', 1) as first_word,
        split_part(word_key, ' ', -1) as last_word
    from keyed
    where word_key is not null
)

select * from final
