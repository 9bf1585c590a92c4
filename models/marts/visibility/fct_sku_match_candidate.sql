-- Pairs of SKUs that may be the same goods and wait for a steward, best first; of several codes of a SKU the likest
-- stands here. A pair of which a steward said anything is never proposed again.
with pairs as (
    select * from {{ ref('int_visibility__sku_match_pair') }}
),

verdicts as (
    select * from {{ ref('fct_match_verdict') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

policy as (
    {{ policy_as_of(['sku_match_min_similarity'], over='cutoff', as_of='as_of_date') }}
),

judged as (
    select distinct
        least(sku_id, other_sku_id) as sku_id,
        greatest(sku_id, other_sku_id) as other_sku_id
    from verdicts
),

alike as (
    select
        pairs.*,
        policy.sku_match_min_similarity as limit_ratio,
        row_number() over (
            partition by pairs.sku_id, pairs.other_sku_id
            order by
                pairs.similarity_ratio desc,
                pairs.division_code asc,
                pairs.item_code asc,
                pairs.other_division_code asc,
                pairs.other_item_code asc
        ) as likeness_rank
    from pairs
    cross join policy
    where
        {{ kpi_is_sku_match_candidate(
            'pairs.similarity_ratio',
            'policy.sku_match_min_similarity',
            'coalesce(pairs.global_gtin14 <> pairs.other_global_gtin14, false)',
            'coalesce(pairs.brand = pairs.other_brand and pairs.mpn_key <> pairs.other_mpn_key, false)',
            'pairs.division_code = pairs.other_division_code'
        ) }}
),

final as (
    select
        alike.sku_id,
        alike.other_sku_id,
        alike.division_code,
        alike.item_code,
        alike.item_description,
        alike.other_division_code,
        alike.other_item_code,
        alike.other_item_description,
        alike.category,
        alike.uom_class,
        alike.similarity_ratio,
        cast(alike.limit_ratio as decimal(24, 6)) as limit_ratio,
        alike.base_uom_code = alike.other_base_uom_code as is_same_base_uom,
        coalesce(alike.brand = alike.other_brand, false) as is_same_brand,
        '"' || alike.word_key || '" and "' || alike.other_word_key || '", numbers "' || alike.number_key || '"'
            as evidence
    from alike
    left join judged
        on
            alike.sku_id = judged.sku_id
            and alike.other_sku_id = judged.other_sku_id
    where alike.likeness_rank = 1 and judged.sku_id is null
)

select * from final
