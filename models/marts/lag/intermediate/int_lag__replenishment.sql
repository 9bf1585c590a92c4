-- What was on its way to a record, and until when. A line closed without a receipt was on order until it was closed;
-- one of which nobody says when it was closed tells nothing, nor does a line of nothing.
with order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where
        order_line_status <> 'cancelled'
        and ordered_qty > 0
        and (order_line_status = 'open' or full_receipt_date is not null or closed_at is not null)
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
        {{ business_date('coalesce(order_lines.sent_at, order_lines.created_at)', 'places.time_zone') }} as placed_date,
        coalesce(order_lines.original_promised_date, order_lines.promised_date) as due_date,
        order_lines.full_receipt_date as received_date,
        coalesce(
            order_lines.full_receipt_date,
            case
                when order_lines.order_line_status <> 'open'
                    then {{ business_date('order_lines.closed_at', 'places.time_zone') }}
            end,
            date '9999-12-31'
        ) as settled_date,
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
        {{ business_date('transfers.received_at', 'places.time_zone') }} as received_date,
        coalesce({{ business_date('transfers.received_at', 'places.time_zone') }}, date '9999-12-31') as settled_date,
        transfers.received_qty >= transfers.shipped_qty as is_received_in_full
    from transfers
    inner join places on transfers.to_location_id = places.location_id
)

select * from final
