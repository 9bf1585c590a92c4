-- Transfers of owned stock at cost. What left and arrived in one month nets to nil over its records: a cost that is another
-- where the goods arrive is a change of price, told at the first leg in. The rest is on its way, or its other leg is missing.
with movements as (
    select
        *,
        cast(date_trunc('month', posting_date) as date) as month_start_date
    from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type in ('transfer_in', 'transfer_out')
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

legs as (
    select
        movements.movement_id,
        coalesce(movements.transfer_id, movements.movement_id) as transfer_id,
        movements.sku_id,
        movements.location_id,
        movements.month_start_date,
        movements.movement_qty,
        cast(
            {{ multiply(multiply('movements.movement_qty', 'unit_costs.unit_cost_amount'), 'rates.average_rate') }}
            as decimal(24, 6)
        ) as leg_amount
    from movements
    left join unit_costs
        on
            movements.sku_id = unit_costs.sku_id
            and movements.location_id = unit_costs.location_id
            and movements.posting_date >= unit_costs.valid_from_date
            and movements.posting_date < unit_costs.valid_to_date
    left join rates
        on
            movements.sku_id = rates.sku_id
            and movements.location_id = rates.location_id
            and movements.month_start_date = rates.month_start_date
),

paired as (
    select
        *,
        sum(movement_qty) over one_transfer = 0 as is_settled,
        cast(sum(leg_amount) over one_transfer as decimal(24, 6)) as net_amount,
        row_number() over (
            partition by transfer_id, sku_id, month_start_date order by movement_qty desc, movement_id
        ) = 1 as is_first_in
    from legs
    window one_transfer as (partition by transfer_id, sku_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        cast(
            sum(case when is_first_in then leg_amount - net_amount else leg_amount end) filter (where is_settled)
            as decimal(24, 6)
        ) as transfer_amount,
        cast(sum(net_amount) filter (where is_settled and is_first_in) as decimal(24, 6)) as transfer_price_amount,
        cast(sum(leg_amount) filter (where not is_settled) as decimal(24, 6)) as in_transit_amount,
        bool_or(leg_amount is null) as is_uncosted
    from paired
    group by sku_id, location_id, month_start_date
)

select * from final
