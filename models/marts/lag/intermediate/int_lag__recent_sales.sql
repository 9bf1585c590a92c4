-- What each stock record sold in the 90 and 91 days to each month's end, at cost and in units; nil where nothing was.
with stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
),

cogs_daily as (
    select * from {{ ref('fct_cogs_daily') }}
),

final as (
    select
        stock_months.sku_id,
        stock_months.location_id,
        {%- for days in [90, 91] %}
        {%- set recent = 'cogs_daily.event_date > ' ~ add_days('stock_months.last_day_date', -days) %}
        -- A gap in the costs hides the figures of its own window only.
        case
            when not coalesce(bool_or(cogs_daily.is_uncosted) filter (where {{ recent }}), false)
                then cast(coalesce(sum(cogs_daily.cogs_amount) filter (where {{ recent }}), 0) as decimal(24, 4))
        end as cogs_{{ days }}_amount,
        cast(coalesce(sum(cogs_daily.sold_qty) filter (where {{ recent }}), 0) as decimal(24, 4))
            as sold_{{ days }}_qty,
        {%- endfor %}
        stock_months.month_start_date
    from stock_months
    left join cogs_daily
        on
            stock_months.sku_id = cogs_daily.sku_id
            and stock_months.location_id = cogs_daily.location_id
            and stock_months.last_day_date >= cogs_daily.event_date
            and cogs_daily.event_date > {{ add_days('stock_months.last_day_date', -91) }}
    group by stock_months.sku_id, stock_months.location_id, stock_months.month_start_date
)

select * from final
