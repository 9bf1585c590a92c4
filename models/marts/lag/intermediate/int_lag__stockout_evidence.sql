-- Every branch of the cause tree beside the event, true or not: what spoke for it stays visible whichever is first.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

records as (
    select * from {{ ref('int_lag__stockout_record') }}
),

supplies as (
    select * from {{ ref('int_lag__stockout_supply') }}
),

requirements as (
    select * from {{ ref('int_lag__stockout_requirement') }}
),

order_gaps as (
    select * from {{ ref('int_lag__stockout_order_gap') }}
),

outlooks as (
    select * from {{ ref('int_lag__stockout_outlook') }}
),

elsewheres as (
    select * from {{ ref('int_lag__stockout_elsewhere') }}
),

large_orders as (
    select * from {{ ref('int_lag__stockout_large_order') }}
),

loss_months as (
    select * from {{ ref('int_lag__stockout_loss') }}
),

losses as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        sum(lost_qty) as lost_qty
    from loss_months
    group by sku_id, location_id, stockout_start_date
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        records.least_book_qty,
        coalesce(records.wrong_count_count, 0) as wrong_count_count,
        stockouts.stockout_type = 'effective' or records.sku_id is not null as is_record_error,
        supplies.order_placed_date,
        coalesce(supplies.on_order_count, 0) as on_order_count,
        coalesce(supplies.late_order_count, 0) as late_order_count,
        supplies.late_order_line_id,
        supplies.late_due_date,
        supplies.was_last_in_full,
        coalesce(supplies.late_order_count > 0 or not supplies.was_last_in_full, false) as is_supplier,
        requirements.reorder_point_qty,
        requirements.safety_stock_qty,
        requirements.required_reorder_point_qty,
        requirements.is_below_requirement,
        order_gaps.position_qty as unordered_position_qty,
        order_gaps.sku_id is not null as is_not_ordered,
        outlooks.since_decision_qty,
        outlooks.foreseen_qty,
        outlooks.promotion_code,
        coalesce(outlooks.is_exceeded, false) as is_exceeded,
        elsewheres.surplus_elsewhere_qty,
        elsewheres.blocked_qty,
        elsewheres.blocked_qty > 0
        or (elsewheres.surplus_elsewhere_qty > 0 and elsewheres.surplus_elsewhere_qty >= coalesce(losses.lost_qty, 0))
            as is_stock_elsewhere,
        large_orders.largest_order_qty,
        coalesce(large_orders.is_large_order, false) as is_large_order
    from stockouts
    left join records using (sku_id, location_id, stockout_start_date)
    left join supplies using (sku_id, location_id, stockout_start_date)
    inner join requirements using (sku_id, location_id, stockout_start_date)
    left join order_gaps using (sku_id, location_id, stockout_start_date)
    left join outlooks using (sku_id, location_id, stockout_start_date)
    inner join elsewheres using (sku_id, location_id, stockout_start_date)
    left join large_orders using (sku_id, location_id, stockout_start_date)
    left join losses using (sku_id, location_id, stockout_start_date)
)

select * from final
