-- What moved owned stock in each month, at the unit cost of the day of posting and the average rate of the month. Goods that
-- came in are positive. Transfers stand in int_lag__bridge_transfer.
with movements as (
    select
        *,
        {{ kpi_bridge_step('movement_type') }} as bridge_step
    from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type not in ('transfer_in', 'transfer_out')
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

daily as (
    select
        sku_id,
        location_id,
        posting_date,
        bridge_step,
        sum(movement_qty) as moved_qty
    from movements
    group by sku_id, location_id, posting_date, bridge_step
),

valued as (
    select
        daily.sku_id,
        daily.location_id,
        cast(date_trunc('month', daily.posting_date) as date) as month_start_date,
        daily.bridge_step,
        cast(sum({{ multiply('daily.moved_qty', 'unit_costs.unit_cost_amount') }}) as decimal(24, 6)) as local_amount,
        bool_or(daily.moved_qty <> 0 and unit_costs.unit_cost_amount is null) as is_uncosted
    from daily
    left join unit_costs
        on
            daily.sku_id = unit_costs.sku_id
            and daily.location_id = unit_costs.location_id
            and daily.posting_date >= unit_costs.valid_from_date
            and daily.posting_date < unit_costs.valid_to_date
    group by daily.sku_id, daily.location_id, date_trunc('month', daily.posting_date), daily.bridge_step
),

final as (
    select
        valued.sku_id,
        valued.location_id,
        valued.month_start_date,
        {%- for step in bridge_flow_steps() %}
        cast(
            sum({{ multiply('valued.local_amount', 'rates.average_rate') }})
            filter (where valued.bridge_step = '{{ step }}') as decimal(24, 6)
        ) as {{ step }}_amount,
        {%- endfor %}
        bool_or(valued.is_uncosted) as is_uncosted
    from valued
    inner join rates using (sku_id, location_id, month_start_date)
    group by valued.sku_id, valued.location_id, valued.month_start_date
)

select * from final
