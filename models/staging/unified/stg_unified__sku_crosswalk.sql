{{ config(materialized='table') }}
with skus as (
    select * from {{ ref('stg_unified__sku_split') }}
),

merged_skus as (
    select * from {{ ref('stg_unified__sku_merge') }}
),

final as (
    select
        skus.division_code,
        skus.item_code,
        skus.begins_at as valid_from,
        skus.ends_at as valid_to,
        skus.is_current,
        coalesce(merged_skus.sku_id, skus.split_sku_id) as sku_id,
        case
            when skus.is_split or merged_skus.sku_id <> skus.split_sku_id then 'steward'
            else skus.match_rule
        end as match_rule,
        skus.rule_sku_id,
        skus.is_base_uom_conflict,
        coalesce(merged_skus.is_contradicted, false) as is_verdict_contradicted
    from skus
    left join merged_skus on skus.split_sku_id = merged_skus.split_sku_id
)

select * from final
