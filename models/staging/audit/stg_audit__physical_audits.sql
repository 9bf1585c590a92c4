with source as (
    select * from {{ source('audit', 'physical_audits') }}
),

final as (
    select
        _instance as auditor,
        audit_id,
        division_code,
        location_code,
        item_code,
        lot as lot_code,
        qty as audited_qty,
        uom,
        audited_at,
        _batch_id as _meta_batch_id,
        _extracted_at as _meta_extracted_at,
        _file as _meta_file,
        _row as _meta_row
    from source
)

select * from final
