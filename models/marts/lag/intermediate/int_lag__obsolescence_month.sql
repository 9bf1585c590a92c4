-- Stock held, cost of sales and write-offs of every roll-up and month; a month may have write-offs and no stock.
with stock_months as (
    select * from {{ ref('int_lag__stock_value_month') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
    where scope_type <> 'sku_location'
),

write_off_months as (
    select * from {{ ref('int_lag__write_off_month') }}
),

months as (
    select * from {{ ref('int_lag__month') }}
),

{% set stocks = ['value_days', 'closing_amount', 'cogs_amount', 'qty_days', 'known_cost_qty_days'] %}
{% set losses = [
    'gross_write_off_amount', 'gross_write_down_amount', 'counted_reversal_amount', 'disallowed_amount',
    'net_write_off_amount', 'obsolete_amount', 'uncosted_write_off_amount'
] %}
stacked as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        stock_months.month_start_date,
        max(stock_months.known_day_count) as known_day_count,
        {%- for stock in stocks %}
        cast(sum(stock_months.{{ stock }}) as decimal(24, 4)) as {{ stock }},
        {%- endfor %}
        {%- for loss in losses %}
        0 as {{ loss }},
        {%- endfor %}
        0 as unrated_count
    from stock_months
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, stock_months.month_start_date

    union all

    select
        scope_type,
        scope_id,
        month_start_date,
        0 as known_day_count,
        {%- for stock in stocks %}
        null as {{ stock }},
        {%- endfor %}
        {%- for loss in losses %}
        {{ loss }},
        {%- endfor %}
        unrated_count
    from write_off_months
),

final as (
    select
        stacked.scope_type,
        stacked.scope_id,
        stacked.month_start_date,
        max(coalesce(months.last_day_date, {{ add_days(add_months('stacked.month_start_date', 1), -1) }}))
            as last_day_date,
        bool_and(coalesce(months.is_month_closed, true)) as is_month_closed,
        cast(max(stacked.known_day_count) as integer) as known_day_count,
        {%- for measure in stocks + losses %}
        cast(sum(stacked.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        cast(sum(stacked.unrated_count) as integer) as unrated_count
    from stacked
    left join months using (month_start_date)
    group by stacked.scope_type, stacked.scope_id, stacked.month_start_date
)

select * from final
