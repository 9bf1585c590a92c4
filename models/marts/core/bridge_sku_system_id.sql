with crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

items as (
    select * from {{ ref('stg_unified__item') }}
),

final as (
    select
        crosswalk.division_code,
        crosswalk.item_code,
        crosswalk.sku_id,
        crosswalk.match_rule,
        items.gtin_status,
        items.status as item_status,
        items.end_of_life_date,
        crosswalk.is_base_uom_conflict
    from crosswalk
    inner join items
        on
            crosswalk.division_code = items.division_code
            and crosswalk.item_code = items.item_code
            and coalesce(crosswalk.is_current, true)
)

select * from final
