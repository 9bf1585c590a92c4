-- What a reorder point is computed from: demand, lead time, the parameters in force and the terms of supply.
with stock_records as (
    select * from {{ ref('fct_stock_record') }}
),

demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

planning_parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

item_suppliers as (
    select * from {{ ref('fct_item_supplier') }}
    where is_chosen
),

service_policy as (
    {{ policy_as_of(
        ['default_service_level'], over='stock_records', as_of='as_of_date', scopes={'abc_class': 'abc_class'}
    ) }}
),

final as (
    select
        stock_records.sku_id,
        stock_records.location_id,
        stock_records.as_of_date,
        stock_records.unit_cost_amount,
        demand_statistics.mean_daily_qty,
        demand_statistics.sd_daily_qty,
        lead_times.supplier_id,
        lead_times.lead_time_days,
        lead_times.lead_time_sd_days,
        lead_times.lead_time_p90_days,
        lead_times.lead_time_source,
        planning_parameters.reorder_point_qty,
        planning_parameters.safety_stock_qty,
        planning_parameters.order_qty,
        cast(coalesce(planning_parameters.review_days, 0) as decimal(9, 2)) as review_days,
        cast(coalesce(planning_parameters.service_level_ratio, service_policy.default_service_level) as decimal(9, 6))
            as service_level_ratio,
        coalesce(planning_parameters.set_by <> 'system', false) as is_human_override,
        item_suppliers.moq_qty,
        item_suppliers.order_multiple_qty
    from stock_records
    left join service_policy
        on
            stock_records.as_of_date = service_policy.as_of_date
            and stock_records.abc_class = service_policy.abc_class
    left join demand_statistics
        on
            stock_records.sku_id = demand_statistics.sku_id
            and stock_records.location_id = demand_statistics.location_id
    left join lead_times
        on
            stock_records.sku_id = lead_times.sku_id
            and stock_records.location_id = lead_times.location_id
    left join planning_parameters
        on
            stock_records.sku_id = planning_parameters.sku_id
            and stock_records.location_id = planning_parameters.location_id
            and stock_records.as_of_date >= planning_parameters.valid_from_date
            and stock_records.as_of_date < planning_parameters.valid_to_date
    left join item_suppliers
        on
            stock_records.division_code = item_suppliers.division_code
            and stock_records.sku_id = item_suppliers.sku_id
)

select * from final
