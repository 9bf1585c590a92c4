with source as (
    select * from {{ source('steward', 'match_verdicts') }}
),

final as (
    select
        _instance as team,
        division_code,
        item_code,
        other_division_code,
        other_item_code,
        verdict,
        decided_by,
        decided_at,
        note,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
