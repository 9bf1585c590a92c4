with order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status <> 'cancelled'
),

transfers as (
    select * from {{ ref('fct_transfer') }}
    where shipped_at is not null
),

places as (
    select * from {{ ref('dim_location') }}
),

final as (
    select
        order_lines.sku_id,
        order_lines.location_id,
        'order_line' as replenishment_type,
        order_lines.purchase_order_line_id as replenishment_id,
        order_lines.supplier_id,
        {{ business_date('order_lines.created_at', 'places.time_zone') }} as placed_date,
        order_lines.original_promised_date as due_date,
        coalesce(order_lines.full_receipt_date, date '9999-12-31') as settled_date,
        order_lines.is_received_in_full
    from order_lines
    inner join places on order_lines.location_id = places.location_id

    union all

    select
        transfers.sku_id,
        transfers.to_location_id as location_id,
        'transfer' as replenishment_type,
        transfers.transfer_id as replenishment_id,
        cast(null as string) as supplier_id,
        {{ business_date('transfers.shipped_at', 'places.time_zone') }} as placed_date,
        cast(null as date) as due_date,
        coalesce({{ business_date('transfers.received_at', 'places.time_zone') }}, date '9999-12-31') as settled_date,
        transfers.received_qty >= transfers.shipped_qty as is_received_in_full
    from transfers
    inner join places on transfers.to_location_id = places.location_id
)

select * from final
