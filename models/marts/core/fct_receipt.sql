with receipts as (
    select * from {{ ref('stg_unified__receipt') }}
    where quarantine_rule is null
),

final as (
    select
        division_code || '/' || receipt_number as receipt_id,
        division_code,
        receipt_number,
        order_number,
        line_number,
        sku_id,
        location_id,
        received_qty,
        rejected_qty,
        cast(received_qty - rejected_qty as decimal(18, 4)) as accepted_qty,
        received_at,
        received_date
    from receipts
)

select * from final
