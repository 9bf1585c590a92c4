-- What each event lost in each month it touches, at the price and cost of its beginning.
with parts as (
    select * from {{ ref('int_lag__stockout_month') }}
),

prices as (
    select * from {{ ref('int_lag__stockout_price') }}
),

recapture_policy as (
    {{ policy_as_of(['oos_recapture_ratio'], over='parts', as_of='month_start_date') }}
),

lost as (
    select
        parts.*,
        prices.unit_price_amount,
        prices.unit_cost_amount,
        prices.is_known_cost,
        {{ kpi_stockout_lost_qty(
            'parts.expected_qty', 'parts.served_of_it_qty', 'recapture_policy.oos_recapture_ratio'
        ) }} as lost_qty
    from parts
    inner join recapture_policy using (month_start_date)
    inner join prices using (sku_id, location_id, stockout_start_date)
),

final as (
    select
        sku_id,
        location_id,
        stockout_start_date,
        month_start_date,
        oos_day_count,
        effective_day_count,
        expected_qty,
        served_qty,
        lost_qty,
        {{ product('lost_qty', 'unit_price_amount', 4) }} as lost_sales_amount,
        {{ product('lost_qty', 'unit_price_amount - unit_cost_amount', 4) }} as lost_margin_amount,
        cast(case when is_known_cost then lost_qty else 0 end as decimal(24, 4)) as known_cost_lost_qty
    from lost
)

select * from final
