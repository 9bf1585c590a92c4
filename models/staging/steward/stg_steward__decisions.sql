with source as (
    select * from {{ source('steward', 'decisions') }}
),

final as (
    select
        _instance as team,
        decision_id,
        kpi_id,
        scope_type,
        scope_id,
        option as chosen_option,
        rationale,
        decided_by,
        decided_at,
        valid_from as valid_from_date,
        valid_to as valid_to_date,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
