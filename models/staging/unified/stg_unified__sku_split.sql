{{ config(materialized='table') }}
-- SKUs after the verdict `different`: of two items that one number made one SKU, the one that comes later by division
-- and code becomes a SKU of its own. A verdict speaks of the goods that the codes stood for when it was given.
with skus_by_rule as (
    select * from {{ ref('stg_unified__sku_by_rule') }}
),

verdicts as (
    select * from {{ ref('stg_unified__match_verdict') }}
    where verdict = 'different'
),

leaving as (
    select distinct
        others.division_code,
        others.item_code,
        others.begins_at
    from verdicts
    {{ join_at('skus_by_rule', 'ones', 'verdicts', 'decided_at') }}
    {{ join_at('skus_by_rule', 'others', 'verdicts', 'decided_at', 'other_') }}
    where ones.rule_sku_id = others.rule_sku_id
),

final as (
    select
        skus_by_rule.division_code,
        skus_by_rule.item_code,
        skus_by_rule.begins_at,
        skus_by_rule.ends_at,
        skus_by_rule.is_current,
        skus_by_rule.base_uom_code,
        skus_by_rule.match_rule,
        skus_by_rule.rule_sku_id,
        skus_by_rule.own_sku_id,
        skus_by_rule.is_base_uom_conflict,
        leaving.item_code is not null as is_split,
        case
            when leaving.item_code is null then skus_by_rule.rule_sku_id
            else skus_by_rule.own_sku_id
        end as split_sku_id
    from skus_by_rule
    left join leaving
        on
            skus_by_rule.division_code = leaving.division_code
            and skus_by_rule.item_code = leaving.item_code
            and skus_by_rule.begins_at = leaving.begins_at
)

select * from final
