-- What stewards said of flags and of rows that were held back; of one verdict sent twice the latest extraction speaks.
with dispositions as (
    select * from {{ ref('stg_steward__dispositions') }}
),

ranked as (
    select
        *,
        {{ latest_extract_rank(['team', 'disposition_id']) }} as recency_rank
    from dispositions
),

final as (
    select
        team,
        disposition_id,
        subject_kind,
        sku_id,
        location_id,
        rule_id,
        flagged_date,
        landed_file,
        file_row_number,
        verdict,
        decided_by,
        decided_at,
        note,
        _meta_batch_id,
        _meta_file,
        _meta_row
    from ranked
    where recency_rank = 1
)

select * from final
