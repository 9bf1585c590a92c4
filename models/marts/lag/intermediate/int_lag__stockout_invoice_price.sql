-- What a unit was sold for in the last month, up to that of an event's beginning, that sold any.
with stockouts as (
    select
        *,
        cast(date_trunc('month', stockout_start_date) as date) as start_month_date
    from {{ ref('int_lag__stockout') }}
),

price_months as (
    select * from {{ ref('int_lag__selling_price_month') }}
),

final as (
    select
        stockouts.sku_id,
        stockouts.location_id,
        stockouts.stockout_start_date,
        {{ value_at_max('price_months.unit_price_amount', 'price_months.month_start_date') }} as unit_price_amount
    from stockouts
    inner join price_months
        on
            stockouts.sku_id = price_months.sku_id
            and stockouts.location_id = price_months.location_id
            and stockouts.start_month_date >= price_months.month_start_date
    group by stockouts.sku_id, stockouts.location_id, stockouts.stockout_start_date
)

select * from final
