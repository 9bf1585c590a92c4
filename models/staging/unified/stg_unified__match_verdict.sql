{{ config(materialized='table') }}
-- What stewards decided about two items; of several verdicts on a pair, in whichever order it is named, the latest
-- speaks.
with verdicts as (
    select * from {{ ref('stg_steward__match_verdicts') }}
),

paired as (
    select
        *,
        division_code || '|' || item_code as item_key,
        other_division_code || '|' || other_item_code as other_key
    from verdicts
),

ranked as (
    select
        *,
        row_number() over (
            partition by least(item_key, other_key), greatest(item_key, other_key)
            order by decided_at desc, _meta_extracted_at desc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from paired
),

final as (
    select
        case when item_key < other_key then division_code else other_division_code end as division_code,
        case when item_key < other_key then item_code else other_item_code end as item_code,
        case when item_key < other_key then other_division_code else division_code end as other_division_code,
        case when item_key < other_key then other_item_code else item_code end as other_item_code,
        verdict,
        decided_by,
        decided_at,
        note,
        team,
        _meta_batch_id,
        _meta_file,
        _meta_row
    from ranked
    where recency_rank = 1
)

select * from final
