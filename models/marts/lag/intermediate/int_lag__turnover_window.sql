-- Trailing windows of each stock record at each month's end: twelve months for turns, 90 and 91 days for cover.
with stock_months as (
    select
        *,
        -- A month without a cost on either side has neither numerator nor denominator.
        value_days is null or closing_amount is null or cogs_amount is null as is_uncosted
    from {{ ref('int_lag__stock_value_month') }}
),

recent_sales as (
    select * from {{ ref('int_lag__recent_sales') }}
),

windows as (
    select
        stock_months.sku_id,
        stock_months.location_id,
        stock_months.month_start_date,
        stock_months.last_day_date,
        stock_months.is_month_closed,
        stock_months.closing_qty,
        stock_months.closing_amount,
        {{ days_between(
            add_months(add_days('stock_months.last_day_date', 1), -12), add_days('stock_months.last_day_date', 1)
        ) }} as window_day_count,
        sum(stock_months.known_day_count) over past_12 as known_day_count,
        bool_or(stock_months.is_uncosted) over past_12 as is_uncosted,
        sum(stock_months.value_days) over past_12 as value_days,
        sum(stock_months.qty_days) over past_12 as qty_days,
        sum(stock_months.known_cost_qty_days) over past_12 as known_cost_qty_days,
        sum(stock_months.cogs_amount) over past_12 as cogs_amount,
        sum(stock_months.sold_qty) over past_12 as sold_qty,
        count(*) over past_13 as known_month_end_count,
        -- A month end without a cost leaves no mean of thirteen.
        case
            when count(stock_months.closing_amount) over past_13 = count(*) over past_13
                then sum(stock_months.closing_amount) over past_13
        end as sum_13_points_amount,
        sum(stock_months.closing_qty) over past_13 as sum_13_points_qty,
        lag(stock_months.closing_amount, 12) over in_order as opening_amount,
        lag(stock_months.closing_qty, 12) over in_order as opening_qty
    from stock_months
    window
        in_order as (
            partition by stock_months.sku_id, stock_months.location_id order by stock_months.month_start_date
        ),
        past_12 as (
            partition by stock_months.sku_id, stock_months.location_id order by stock_months.month_start_date
            rows between 11 preceding and current row
        ),
        past_13 as (
            partition by stock_months.sku_id, stock_months.location_id order by stock_months.month_start_date
            rows between 12 preceding and current row
        )
),

window_policy as (
    {{ policy_as_of(
        ['avg_inventory_method:text', 'avg_inventory_min_coverage', 'turnover_numerator:text'],
        over='windows', as_of='last_day_date'
    ) }}
),

methods as (
    select
        windows.*,
        window_policy.turnover_numerator,
        recent_sales.cogs_90_amount,
        recent_sales.cogs_91_amount,
        recent_sales.sold_90_qty,
        recent_sales.sold_91_qty,
        {{ kpi_avg_inventory_method(
            'window_policy.avg_inventory_method', 'windows.known_day_count', 'windows.window_day_count',
            'windows.known_month_end_count', 'window_policy.avg_inventory_min_coverage'
        ) }} as avg_method_used
    from windows
    inner join window_policy using (last_day_date)
    inner join recent_sales using (sku_id, location_id, month_start_date)
),

averaged as (
    select
        *,
        {{ kpi_avg_inventory(
            'avg_method_used', 'value_days', 'known_day_count', 'sum_13_points_amount',
            'known_month_end_count', 'opening_amount', 'closing_amount'
        ) }} as avg_inventory_amount,
        {{ kpi_avg_inventory(
            'avg_method_used', 'qty_days', 'known_day_count', 'sum_13_points_qty', 'known_month_end_count',
            'opening_qty', 'closing_qty'
        ) }} as avg_inventory_qty
    from methods
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        cast(window_day_count as integer) as window_day_count,
        cast(known_day_count as integer) as known_day_count,
        avg_method_used,
        is_uncosted,
        cast(qty_days as decimal(24, 4)) as qty_days,
        cast(known_cost_qty_days as decimal(24, 4)) as known_cost_qty_days,
        -- Policy turnover_numerator: cost of sales over value, or units over units.
        case turnover_numerator
            when 'cogs' then case when not is_uncosted then cast(cogs_amount as decimal(24, 4)) end
            when 'units' then cast(sold_qty as decimal(24, 4))
        end as turnover_numerator_value,
        case turnover_numerator
            when 'cogs' then case when not is_uncosted then avg_inventory_amount end
            when 'units' then avg_inventory_qty
        end as turnover_denominator_value,
        case when not is_uncosted then cast(cogs_amount as decimal(24, 4)) end as cogs_amount,
        case when not is_uncosted then avg_inventory_amount end as avg_inventory_amount,
        cast(sold_qty as decimal(24, 4)) as sold_qty,
        avg_inventory_qty,
        closing_qty,
        closing_amount,
        cogs_90_amount,
        sold_90_qty,
        cogs_91_amount,
        sold_91_qty
    from averaged
)

select * from final
