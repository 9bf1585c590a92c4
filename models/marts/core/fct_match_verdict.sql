-- Verdicts of stewards on pairs of items and what became of each. A verdict speaks of the goods that the codes stood
-- for when it was given.
with verdicts as (
    select * from {{ ref('stg_unified__match_verdict') }}
),

crosswalk as (
    select * from {{ ref('stg_unified__sku_crosswalk') }}
),

named as (
    select
        verdicts.*,
        ones.sku_id,
        other_items.sku_id as other_sku_id,
        coalesce(ones.is_verdict_contradicted and other_items.is_verdict_contradicted, false) as is_contradicted
    from verdicts
    left join crosswalk as ones
        on
            verdicts.division_code = ones.division_code
            and verdicts.item_code = ones.item_code
            and verdicts.decided_at >= ones.valid_from
            and verdicts.decided_at < ones.valid_to
    left join crosswalk as other_items
        on
            verdicts.other_division_code = other_items.division_code
            and verdicts.other_item_code = other_items.item_code
            and verdicts.decided_at >= other_items.valid_from
            and verdicts.decided_at < other_items.valid_to
),

final as (
    select
        division_code,
        item_code,
        sku_id,
        other_division_code,
        other_item_code,
        other_sku_id,
        verdict,
        case
            when sku_id is null or other_sku_id is null then 'unknown_item'
            when is_contradicted then 'contradicted'
            when verdict = 'same' and sku_id <> other_sku_id then 'other_base_unit'
            when verdict = 'same' then 'merged'
            when sku_id = other_sku_id then 'contradicted'
            else 'kept_apart'
        end as verdict_outcome,
        decided_by,
        decided_at,
        note
    from named
)

select * from final
