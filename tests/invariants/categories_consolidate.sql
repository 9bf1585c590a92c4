-- Stock by standard category is the stock by the divisions' own words, summed over the words that mean it:
-- standardising words moves no quantity and loses none. Rows: the standard categories for which that is not so. SKUs
-- whose divisions mean different categories are conflicts of their own (fct_sku_conflict) and are counted where the
-- golden record says.
with stock as (
    select
        positions.sku_id,
        locations.division_code,
        sum(positions.on_hand_qty) as on_hand_qty
    from {{ ref('fct_stock_on_hand') }} as positions
    inner join {{ ref('dim_location') }} as locations on positions.location_id = locations.location_id
    where positions.valid_to_date = date '9999-12-31'
    group by positions.sku_id, locations.division_code
),

-- The word of the first of a division's codes for the SKU; goods that no code stands for any more have none.
own_words as (
    select
        sku_id,
        division_code,
        category_word,
        row_number() over (partition by sku_id, division_code order by item_code) as code_rank
    from {{ ref('dim_item') }}
    where
        sku_id not in (
            select conflicts.conflict_key
            from {{ ref('fct_sku_conflict') }} as conflicts
            where conflicts.conflict_type = 'category_differs'
        )
),

meanings as (
    select
        own_words.sku_id,
        own_words.division_code,
        coalesce(words.standard_word, 'UNCATEGORISED') as category
    from own_words
    left join {{ ref('stg_unified__standard_word') }} as words
        on
            own_words.division_code = words.division_code
            and words.attribute_name = 'category'
            and own_words.category_word = words.source_word
    where own_words.code_rank = 1
),

totals as (
    select
        coalesce(meanings.category, skus.category) as category,
        stock.on_hand_qty as own_qty,
        cast(0 as decimal(38, 4)) as standard_qty
    from stock
    inner join {{ ref('dim_sku') }} as skus on stock.sku_id = skus.sku_id
    left join meanings on stock.sku_id = meanings.sku_id and stock.division_code = meanings.division_code

    union all

    select
        skus.category,
        cast(0 as decimal(38, 4)) as own_qty,
        stock.on_hand_qty as standard_qty
    from stock
    left join {{ ref('dim_sku') }} as skus on stock.sku_id = skus.sku_id
),

final as (
    select
        category,
        sum(own_qty) as own_qty,
        sum(standard_qty) as standard_qty
    from totals
    group by category
    having sum(own_qty) <> sum(standard_qty)
)

select * from final
