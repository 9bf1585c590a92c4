{{ config(materialized='table') }}
-- SKUs that stewards called the same, through any number of steps, and the one whose id they all bear: the best by
-- GTIN, brand and part number, own code, then the first in order. SKUs kept in different base units are not merged,
-- nor is a group of which two were also called different: its verdicts contradict each other and wait for the
-- steward.
with recursive skus as (
    select * from {{ ref('stg_unified__sku_split') }}
),

verdicts as (
    select * from {{ ref('stg_unified__match_verdict') }}
),

judged as (
    select
        verdicts.verdict,
        ones.split_sku_id as one_sku_id,
        others.split_sku_id as other_sku_id
    from verdicts
    {{ join_at('skus', 'ones', 'verdicts', 'decided_at') }}
    {{ join_at('skus', 'others', 'verdicts', 'decided_at', 'other_') }}
    where ones.base_uom_code = others.base_uom_code
),

edges as (
    select
        one_sku_id as from_sku_id,
        other_sku_id as to_sku_id
    from judged
    where verdict = 'same'

    union

    select
        other_sku_id as from_sku_id,
        one_sku_id as to_sku_id
    from judged
    where verdict = 'same'
),

reached as (
    {{ walked_pairs('reached', 'edges', 'from_sku_id', 'to_sku_id') }}
),

golden as (
    select
        from_sku_id,
        min(
            case
                when to_sku_id like 'GTIN-%' then '0'
                when to_sku_id like 'MPN-%' then '1'
                else '2'
            end || to_sku_id
        ) as ranked_sku_id
    from reached
    group by from_sku_id
),

contradicted as (
    select distinct golden.ranked_sku_id
    from judged
    inner join reached on judged.one_sku_id = reached.from_sku_id and judged.other_sku_id = reached.to_sku_id
    inner join golden on judged.one_sku_id = golden.from_sku_id
    where judged.verdict = 'different'
),

final as (
    select
        golden.from_sku_id as split_sku_id,
        case
            when contradicted.ranked_sku_id is null then substr(golden.ranked_sku_id, 2)
            else golden.from_sku_id
        end as sku_id,
        contradicted.ranked_sku_id is not null as is_contradicted
    from golden
    left join contradicted on golden.ranked_sku_id = contradicted.ranked_sku_id
)

select * from final
