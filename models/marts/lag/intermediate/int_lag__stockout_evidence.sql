-- Every branch of the cause tree beside the event, true or not: what spoke for it stays visible whichever is first.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

{% set steps = [
    'record', 'supply', 'requirement', 'order_gap', 'outlook', 'elsewhere', 'large_order'
] %}

{%- for step in steps %}
{{ step }}s as (
    select * from {{ ref('int_lag__stockout_' ~ step) }}
),

{% endfor %}
losses as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        sum(lost_qty) as lost_qty
    from {{ ref('int_lag__stockout_loss') }}
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
        supplys.order_placed_date,
        coalesce(supplys.on_order_count, 0) as on_order_count,
        coalesce(supplys.late_order_count, 0) as late_order_count,
        supplys.late_order_line_id,
        supplys.late_due_date,
        supplys.was_last_in_full,
        coalesce(supplys.late_order_count > 0 or not supplys.was_last_in_full, false) as is_supplier,
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
    {%- for step in steps %}
    {{ 'inner' if step in ('requirement', 'elsewhere') else 'left' }} join {{ step }}s using (sku_id, location_id, stockout_start_date)
    {%- endfor %}
    left join losses using (sku_id, location_id, stockout_start_date)
)

select * from final
