with source as (
    select * from {{ source('steward', 'proposal_verdicts') }}
),

final as (
    select
        _instance as team,
        proposal_id,
        verdict,
        value as set_qty,
        reason,
        decided_by,
        decided_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
