with source as (
    select * from {{ source('steward', 'review_outcomes') }}
),

final as (
    select
        _instance as team,
        review_id,
        function as review_function,
        finding,
        outcome as review_outcome,
        decided_by,
        reviewed_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
