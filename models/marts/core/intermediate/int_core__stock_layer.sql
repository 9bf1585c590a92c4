-- Stock at the cut-off by the receipt it is left of: the newest receipts explain it, since the oldest goods leave
-- first. What no receipt explains is the opening layer, as old as the books of that stock. Layers add up to on hand.
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
),

inbound as (
    select * from {{ ref('int_core__inbound_day') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

history as (
    select
        on_hand.*,
        cutoff.as_of_at
    from on_hand
    inner join cutoff on on_hand.valid_from <= cutoff.as_of_at
),

stock as (
    select
        sku_id,
        location_id,
        on_hand_qty
    from history
    where valid_to > as_of_at and on_hand_qty > 0
),

stacked as (
    select
        stock.sku_id,
        stock.location_id,
        stock.on_hand_qty,
        inbound.receipt_date,
        inbound.is_opening_balance,
        inbound.received_qty,
        sum(inbound.received_qty) over (
            partition by stock.sku_id, stock.location_id
            order by inbound.receipt_date desc, inbound.is_opening_balance asc
        ) - inbound.received_qty as newer_qty
    from stock
    inner join inbound
        on
            stock.sku_id = inbound.sku_id
            and stock.location_id = inbound.location_id
),

layers as (
    select
        sku_id,
        location_id,
        receipt_date,
        {{ kpi_fifo_layer_qty('on_hand_qty', 'received_qty', 'newer_qty') }} as layer_qty,
        case when is_opening_balance then 'opening_balance' else 'receipt' end as layer_kind
    from stacked
    where newer_qty < on_hand_qty
),

explained as (
    select
        sku_id,
        location_id,
        sum(layer_qty) as layer_qty
    from layers
    group by sku_id, location_id
),

unexplained as (
    select
        stock.sku_id,
        stock.location_id,
        stock.on_hand_qty - coalesce(explained.layer_qty, 0) as layer_qty
    from stock
    left join explained
        on
            stock.sku_id = explained.sku_id
            and stock.location_id = explained.location_id
    where stock.on_hand_qty > coalesce(explained.layer_qty, 0)
),

opening as (
    select
        unexplained.sku_id,
        unexplained.location_id,
        min(history.valid_from_date) as receipt_date,
        cast(unexplained.layer_qty as decimal(18, 4)) as layer_qty,
        {{ kpi_unexplained_layer_reason('min(history.on_hand_qty)') }} as layer_kind
    from unexplained
    inner join history
        on
            unexplained.sku_id = history.sku_id
            and unexplained.location_id = history.location_id
    group by unexplained.sku_id, unexplained.location_id, unexplained.layer_qty
),

final as (
    select * from layers

    union all

    select * from opening
)

select * from final
