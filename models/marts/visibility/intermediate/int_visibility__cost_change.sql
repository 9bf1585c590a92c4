-- The cost in force at the cut-off beside the one before it; a step to or from an estimate is no change of cost.
with unit_costs as (
    select * from {{ ref('fct_unit_cost') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

compared as (
    select
        *,
        lag(case when is_known_cost then unit_cost_amount end) over (
            partition by sku_id, location_id order by valid_from_date
        ) as previous_cost_amount
    from unit_costs
),

final as (
    select
        compared.sku_id,
        compared.location_id,
        compared.valid_from_date as cost_from_date,
        compared.previous_cost_amount,
        case when compared.is_known_cost then {{ kpi_cost_change_ratio(
            'compared.unit_cost_amount', 'compared.previous_cost_amount'
        ) }} end as cost_change_ratio
    from compared
    inner join cutoff
        on
            compared.valid_from_date <= cutoff.as_of_date
            and compared.valid_to_date > cutoff.as_of_date
)

select * from final
