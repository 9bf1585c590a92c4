-- Legs of transfers of owned stock at the unit cost of their day and the average rate of their month. A leg without a
-- transfer's name stands alone.
with movements as (
    select
        *,
        {{ month_of('posting_date') }} as month_start_date
    from {{ ref('fct_stock_movement') }}
    where is_owned and movement_type in ('transfer_in', 'transfer_out')
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

rates as (
    select * from {{ ref('int_lag__record_rate') }}
),

final as (
    select
        movements.movement_id,
        coalesce(movements.transfer_id, movements.movement_id) as transfer_id,
        movements.sku_id,
        movements.location_id,
        movements.month_start_date,
        movements.movement_qty,
        {{ product(product('movements.movement_qty', 'unit_costs.unit_cost_amount'), 'rates.average_rate') }}
            as leg_amount
    from movements
    {{ join_unit_cost('movements', 'movements.posting_date') }}
    {{ join_record_rate('movements', 'movements.month_start_date') }}
)

select * from final
