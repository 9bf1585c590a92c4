-- What each count found at cost and at retail, with what was sold and held meanwhile. Loss and sales go together:
-- where a cost or price is missing, the count brings neither into that ratio.
with intervals as (
    select
        *,
        greatest(shrink_qty, 0) as loss_qty,
        greatest(-shrink_qty, 0) as found_qty,
        {{ uncaused_qty('shrink_qty') }} as unknown_qty
    from {{ ref('int_lag__count_interval') }}
),

prices as (
    select * from {{ ref('int_lag__count_price') }}
),

flows as (
    select * from {{ ref('int_lag__count_flow') }}
),

stock as (
    select * from {{ ref('int_lag__count_stock') }}
),

joined as (
    select
        intervals.*,
        prices.unit_cost_amount,
        prices.unit_price_amount,
        prices.is_known_cost,
        intervals.previous_counted_date is null as is_opening,
        coalesce(flows.cogs_amount, 0) as cogs_amount,
        coalesce(flows.invoiced_amount, 0) - coalesce(flows.credited_amount, 0) as net_sales_amount,
        coalesce(stock.value_days, 0) * prices.closing_rate as value_days,
        intervals.previous_counted_date is not null
        and prices.unit_cost_amount is not null
        and not coalesce(flows.is_uncosted, false)
        and not coalesce(stock.has_uncosted_stock, false) as is_costed,
        intervals.previous_counted_date is not null
        and prices.unit_price_amount is not null
        and not coalesce(flows.is_unrated, false) as is_priced
    from intervals
    left join prices using (sku_id, location_id, counted_date)
    left join flows using (sku_id, location_id, counted_date)
    left join stock using (sku_id, location_id, counted_date)
),

final as (
    select
        sku_id,
        location_id,
        counted_date,
        quarter_start_date,
        bin_code,
        is_opening,
        is_costed,
        is_priced,
        book_qty,
        cast(case when is_known_cost then book_qty else 0 end as decimal(18, 4)) as known_cost_qty,
        {%- for name in ['loss', 'found'] %}
        case when is_costed then {{ kpi_shrink_amount(name ~ '_qty', 'unit_cost_amount') }} end
            as cost_{{ name }}_amount,
        case when is_priced then {{ kpi_shrink_amount(name ~ '_qty', 'unit_price_amount') }} end
            as retail_{{ name }}_amount,
        {%- endfor %}
        {%- for cause in shrink_causes() %}
        case when is_costed then {{ kpi_shrink_amount(cause ~ '_qty', 'unit_cost_amount') }} end as {{ cause }}_amount,
        {%- endfor %}
        case when is_costed then {{ kpi_shrink_amount('unknown_qty', 'unit_cost_amount') }} end as unknown_amount,
        case when is_costed then cast(cogs_amount as decimal(24, 4)) end as cogs_amount,
        case when is_costed then cast(value_days as decimal(24, 4)) end as value_days,
        case when is_priced then cast(net_sales_amount as decimal(24, 4)) end as net_sales_amount,
        case when is_opening then {{ kpi_shrink_amount('shrink_qty', 'unit_cost_amount') }} end as opening_amount
    from joined
)

select * from final
