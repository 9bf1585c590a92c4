{{ config(materialized='table') }}
-- Unicode's form KC of the texts of the masters that are not plain ASCII: each character that has a compatible one is
-- written with it, then the whole is composed. Texts longer than the seed has rows stay as they are.
with items as (
    select * from {{ ref('stg_erp__items') }}
),

item_uoms as (
    select * from {{ ref('stg_erp__item_uoms') }}
),

compatibility as (
    select * from {{ ref('unicode_compatibility') }}
),

texts as (
    {%- for column in ['description', 'category', 'subcategory', 'brand', 'mpn', 'base_uom', 'status'] %}
    select {{ column }} as source_text from items

    union
    {% endfor %}
    select uom as source_text from item_uoms
),

-- More bits than eight a character: something of it is not ASCII.
foreign_texts as (
    select source_text
    from texts
    where bit_length(source_text) <> 8 * length(source_text)
),

places as (
    select row_number() over (order by code_point) as place_number
    from compatibility
),

characters as (
    select
        foreign_texts.source_text,
        places.place_number,
        substr(foreign_texts.source_text, cast(places.place_number as integer), 1) as letter
    from foreign_texts
    inner join places on length(foreign_texts.source_text) >= places.place_number
    where length(foreign_texts.source_text) <= (select count(*) from compatibility)
),

rewritten as (
    select
        characters.source_text,
        characters.place_number,
        case
            when compatibility.code_point is null then characters.letter
            else coalesce(replace(compatibility.replacement, '&quot;', '"'), ' ')
        end as letter
    from characters
    left join compatibility on {{ text_of('code_point', 'characters.letter') }} = compatibility.code_point
),

joined as (
    select
        source_text,
        {{ text_of('joined', 'letter', 'place_number') }} as rewritten_text
    from rewritten
    group by source_text
),

final as (
    select
        source_text,
        {{ text_of('composed', 'rewritten_text') }} as compatible_text
    from joined
)

select * from final
