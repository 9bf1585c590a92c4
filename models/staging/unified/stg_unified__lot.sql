with lots as (
    select * from {{ ref('stg_wms__lots') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

locations as (
    select * from {{ ref('stg_unified__location') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['site_code', 'item_code', 'lot']) }} as recency_rank
    from lots
),

final as (
    select
        crosswalk.sku_id,
        locations.location_id,
        ranked.site_code,
        ranked.item_code,
        ranked.lot as lot_code,
        ranked.expiry_date,
        ranked.received_at,
        case
            when ranked.recency_rank > 1 then null
            when locations.location_id is null then 'unknown_location'
            when crosswalk.sku_id is null then 'unknown_item'
        end as quarantine_rule,
        ranked.recency_rank > 1 as is_superseded,
        {{ lineage_columns('ranked') }}
    from ranked
    left join locations on ranked.site_code = locations.site_code
    left join crosswalk
        on
            locations.division_code = crosswalk.division_code
            and ranked.item_code = crosswalk.item_code
            and coalesce(crosswalk.is_current, true)
)

select * from final
