-- Every time a record ran out while somebody would have asked: how long, what it lost and why.
with stockouts as (
    select * from {{ ref('int_lag__stockout') }}
),

losses as (
    select * from {{ ref('int_lag__stockout_loss') }}
),

prices as (
    select * from {{ ref('int_lag__stockout_price') }}
),

evidence as (
    select * from {{ ref('int_lag__stockout_evidence') }}
),

lost as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        {%- for measure in ['expected_qty', 'served_qty', 'lost_qty', 'lost_sales_amount', 'lost_margin_amount'] %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(effective_day_count) as effective_day_count
    from losses
    group by sku_id, location_id, stockout_start_date
),

caused as (
    select
        *,
        {{ kpi_stockout_cause(
            'is_record_error', 'is_supplier', 'is_below_requirement', 'is_not_ordered', 'is_exceeded',
            'promotion_code is not null', 'is_stock_elsewhere', 'is_large_order'
        ) }} as cause
    from evidence
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        case when not stockouts.is_open then {{ add_days('stockouts.stockout_to_date', -1) }} end as stockout_end_date,
        stockouts.is_open,
        stockouts.stockout_type,
        stockouts.oos_day_count,
        cast(lost.effective_day_count as integer) as effective_day_count,
        {%- for measure in ['expected_qty', 'served_qty', 'lost_qty', 'lost_sales_amount', 'lost_margin_amount'] %}
        cast(lost.{{ measure }} as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        prices.price_source,
        prices.is_known_cost,
        caused.cause,
        {{ kpi_stockout_cause_family('caused.cause') }} as cause_family,
        caused.is_record_error,
        caused.wrong_count_count,
        caused.least_book_qty,
        caused.is_supplier,
        caused.order_placed_date,
        caused.on_order_count,
        caused.late_order_count,
        caused.late_order_line_id,
        caused.late_due_date,
        caused.was_last_in_full,
        caused.is_below_requirement,
        caused.reorder_point_qty,
        caused.required_reorder_point_qty,
        caused.is_not_ordered,
        caused.unordered_position_qty,
        caused.is_exceeded,
        caused.since_decision_qty,
        caused.foreseen_qty,
        caused.safety_stock_qty,
        caused.promotion_code,
        caused.is_stock_elsewhere,
        caused.surplus_elsewhere_qty,
        caused.blocked_qty,
        caused.is_large_order,
        caused.largest_order_qty
    from stockouts
    inner join lost using (sku_id, location_id, stockout_start_date)
    inner join prices using (sku_id, location_id, stockout_start_date)
    inner join caused using (sku_id, location_id, stockout_start_date)
)

select * from final
