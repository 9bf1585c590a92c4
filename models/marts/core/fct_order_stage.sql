with order_stages as (
    select * from {{ ref('stg_unified__order_stage') }}
    where quarantine_rule is null
),

final as (
    select
        location_id,
        order_number,
        line_number,
        order_stage,
        sku_id,
        stage_qty,
        bin_code,
        shipment_number,
        occurred_at,
        occurred_date,
        device_id
    from order_stages
)

select * from final
