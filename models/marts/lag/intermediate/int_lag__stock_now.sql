-- Every stock record at the cut-off with its class, its cost and its value in company currency; negative stock as nil.
with stock_records as (
    select * from {{ ref('bridge_sku_location') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

stock_states as (
    select * from {{ ref('fct_stock_state') }}
),

unit_costs as (
    select * from {{ ref('int_lag__unit_cost_now') }}
),

classes as (
    select * from {{ ref('fct_governing_class') }}
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        cutoff.as_of_date,
        stock_records.division_code,
        stock_records.company_code,
        stock_records.category,
        coalesce(classes.abc_class, '-') as abc_class,
        classes.xyz_class,
        {{ kpi_held_qty('stock_states.on_hand_qty') }} as on_hand_qty,
        {{ kpi_held_qty('least(stock_states.expired_qty, stock_states.on_hand_qty)') }} as expired_qty,
        unit_costs.unit_cost_amount,
        unit_costs.is_known_cost,
        {{ kpi_held_amount(kpi_held_qty('stock_states.on_hand_qty'), 'unit_costs.unit_cost_amount') }} as on_hand_amount
    from stock_records
    cross join cutoff
    inner join unit_costs using (sku_id, location_id)
    left join stock_states using (sku_id, location_id)
    left join classes using (company_code, sku_id)
)

select * from final
