-- Owned stock at the cut-off by age: each layer at the cost that the waterfall gave on its day, local currency.
with layers as (
    select * from {{ ref('int_core__stock_layer') }}
),

unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

final as (
    select
        layers.sku_id,
        layers.location_id,
        cast(
            row_number() over (
                partition by layers.sku_id, layers.location_id
                order by layers.receipt_date, layers.layer_kind
            ) as integer
        ) as layer_number,
        layers.receipt_date,
        cast({{ kpi_layer_age_days('layers.receipt_date', 'cutoff.as_of_date') }} as integer) as age_days,
        layers.layer_qty,
        unit_costs.currency,
        unit_costs.unit_cost_amount,
        {{ kpi_layer_amount('layers.layer_qty', 'unit_costs.unit_cost_amount') }} as layer_amount,
        coalesce(unit_costs.is_known_cost, false) as is_known_cost,
        nullif(layers.layer_kind, 'receipt') as opening_reason
    from layers
    cross join cutoff
    left join unit_costs
        on
            layers.sku_id = unit_costs.sku_id
            and layers.location_id = unit_costs.location_id
            and layers.receipt_date >= unit_costs.valid_from_date
            and layers.receipt_date < unit_costs.valid_to_date
)

select * from final
