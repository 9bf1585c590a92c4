{{ config(materialized='table') }}
with skus as (
    select * from {{ ref('stg_unified__sku_split') }}
),

merges as (
    select * from {{ ref('stg_unified__sku_merge') }}
),

final as (
    select
        skus.division_code,
        skus.item_code,
        skus.begins_at as valid_from,
        skus.ends_at as valid_to,
        skus.is_current,
        coalesce(merges.sku_id, skus.split_sku_id) as sku_id,
        case
            when skus.is_split or merges.sku_id <> skus.split_sku_id then 'steward'
            else skus.match_rule
        end as match_rule,
        skus.rule_sku_id,
        skus.is_base_uom_conflict,
        coalesce(merges.is_contradicted, false) as is_verdict_contradicted
    from skus
    left join merges on skus.split_sku_id = merges.split_sku_id
)

select * from final
