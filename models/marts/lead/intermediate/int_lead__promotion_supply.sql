-- What will be there on the eve of each promotion to come: usable stock, what is due before it, less the demand until
-- then.
with promotions as (
    select * from {{ ref('int_lead__promotion') }}
    where start_date > as_of_date
),

stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

order_lines as (
    select * from {{ ref('fct_purchase_order_line') }}
    where order_line_status = 'open' and ordered_qty > coalesce(accepted_qty, 0)
),

demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

due as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        sum(order_lines.ordered_qty - coalesce(order_lines.accepted_qty, 0)) as due_qty
    from promotions
    inner join order_lines
        on
            promotions.sku_id = order_lines.sku_id
            and promotions.location_id = order_lines.location_id
            and coalesce(order_lines.promised_date, order_lines.original_promised_date) < promotions.start_date
    group by promotions.division_code, promotions.promotion_code, promotions.sku_id, promotions.location_id
),

final as (
    select
        promotions.division_code,
        promotions.promotion_code,
        promotions.sku_id,
        promotions.location_id,
        cast(coalesce(stock_states.available_qty + stock_states.reserved_qty, 0) as decimal(18, 4)) as usable_qty,
        cast(coalesce(due.due_qty, 0) as decimal(18, 4)) as due_qty,
        {{ product(
            'coalesce(demand_statistics.mean_daily_qty, 0)',
            days_between('promotions.as_of_date', 'promotions.start_date') ~ ' - 1'
        ) }} as demand_before_qty
    from promotions
    left join stock_states
        on promotions.sku_id = stock_states.sku_id and promotions.location_id = stock_states.location_id
    left join demand_statistics
        on promotions.sku_id = demand_statistics.sku_id and promotions.location_id = demand_statistics.location_id
    left join due
        on
            promotions.division_code = due.division_code
            and promotions.promotion_code = due.promotion_code
            and promotions.sku_id = due.sku_id
            and promotions.location_id = due.location_id
)

select * from final
