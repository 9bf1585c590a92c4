-- Goods that a division means to end: the first announcement and the last end among the codes of one SKU, which is
-- superseded when each of them is.
with items as (
    select * from {{ ref('stg_unified__item') }}
),

traits as (
    select * from {{ ref('stg_unified__item_trait') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
    where is_current
),

final as (
    select
        crosswalk.division_code,
        crosswalk.sku_id,
        min(traits.eol_announced_date) as eol_announced_date,
        max(traits.last_buy_date) as last_buy_date,
        max(items.end_of_life_date) as end_of_life_date,
        bool_and(items.superseded_by is not null) as is_superseded,
        min(successors.sku_id) as successor_sku_id
    from crosswalk
    inner join items using (division_code, item_code)
    left join traits using (division_code, item_code)
    left join crosswalk as successors
        on
            items.division_code = successors.division_code
            and items.superseded_by = successors.item_code
    group by crosswalk.division_code, crosswalk.sku_id
)

select * from final
