with source as (
    select * from {{ source('steward', 'dispositions') }}
),

final as (
    select
        _instance as team,
        disposition_id,
        coalesce(subject_kind, 'flag') as subject_kind,
        sku_id,
        location_id,
        rule_id,
        flagged_date,
        landed_file,
        row_number as file_row_number,
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
