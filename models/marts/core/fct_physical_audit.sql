with audits as (
    select * from {{ ref('stg_unified__physical_audit') }}
    where quarantine_rule is null
),

final as (
    select
        auditor,
        audit_id,
        item_code,
        sku_id,
        location_id,
        lot_code,
        audited_qty,
        audited_at,
        audited_date
    from audits
)

select * from final
