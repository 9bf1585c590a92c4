-- Opening and closing value of each stock record and month with everything between them. A record whose cost or rate is
-- missing on one side, or in something that moved it, is explained by nothing: its change is told as uncosted.
with stock_months as (
    select
        *,
        lag(closing_amount, 1, 0) over (partition by sku_id, location_id order by month_start_date) as opening_amount
    from {{ ref('int_lag__stock_value_month') }}
),

held as (
    select * from {{ ref('int_lag__stock_held_month') }}
),

flows as (
    select * from {{ ref('int_lag__bridge_flow') }}
),

transfers as (
    select * from {{ ref('int_lag__bridge_transfer') }}
),

prices as (
    select * from {{ ref('int_lag__bridge_price') }}
),

negatives as (
    select * from {{ ref('int_lag__bridge_negative') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

{%- set steps = bridge_flow_steps() + ['transfer', 'in_transit', 'price', 'negative'] %}

joined as (
    select
        stock_months.sku_id,
        stock_months.location_id,
        stock_months.month_start_date,
        stock_months.last_day_date,
        stock_months.is_month_closed,
        stock_months.qty_days,
        stock_months.known_cost_qty_days,
        stock_months.opening_amount is null or stock_months.closing_amount is null or rates.average_rate is null
        or coalesce(flows.is_uncosted, false) or coalesce(transfers.is_uncosted, false)
        or coalesce(prices.is_uncosted, false) or coalesce(negatives.is_uncosted, false) as is_uncosted,
        coalesce(stock_months.opening_amount, 0) as opening_amount,
        coalesce(stock_months.closing_amount, 0) as closing_amount,
        {%- for step in bridge_flow_steps() %}
        coalesce(flows.{{ step }}_amount, 0) as {{ step }}_amount,
        {%- endfor %}
        coalesce(transfers.transfer_amount, 0) as transfer_amount,
        coalesce(transfers.in_transit_amount, 0) as in_transit_amount,
        coalesce(prices.price_amount, 0) + coalesce(transfers.transfer_price_amount, 0) as price_amount,
        coalesce(negatives.negative_amount, 0) as negative_amount,
        {{ product(
            "coalesce(held.closing_amount, 0)
            - coalesce(lag(held.closing_amount) over (
                partition by stock_months.sku_id, stock_months.location_id order by stock_months.month_start_date
            ), 0)",
            'rates.average_rate'
        ) }} as change_amount
    from stock_months
    left join held using (sku_id, location_id, month_start_date)
    left join flows using (sku_id, location_id, month_start_date)
    left join transfers using (sku_id, location_id, month_start_date)
    left join prices using (sku_id, location_id, month_start_date)
    left join negatives using (sku_id, location_id, month_start_date)
    left join rates using (sku_id, location_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        is_uncosted,
        qty_days,
        known_cost_qty_days,
        cast(opening_amount as decimal(24, 6)) as opening_amount,
        {%- for step in steps %}
        cast(case when is_uncosted then 0 else {{ step }}_amount end as decimal(24, 6)) as {{ step }}_amount,
        {%- endfor %}
        cast(case when is_uncosted then 0 else closing_amount - opening_amount - change_amount end as decimal(24, 6))
            as fx_amount,
        cast(case when is_uncosted then closing_amount - opening_amount else 0 end as decimal(24, 6))
            as uncosted_amount,
        cast(
            case
                when is_uncosted then 0
                else change_amount - ({{ steps | join('_amount + ') }}_amount)
            end as decimal(24, 6)
        ) as residual_amount,
        cast(closing_amount as decimal(24, 6)) as closing_amount
    from joined
)

select * from final
