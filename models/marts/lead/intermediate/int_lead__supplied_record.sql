-- Stock records by the supplier that replenishes them, with what their safety stock is reckoned from but the lead time.
with lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
    where supplier_id is not null
),

demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

service_levels as (
    select * from {{ ref('kpi_service_level_target') }}
    where service_level_target_ratio is not null
),

final as (
    select
        lead_times.sku_id,
        lead_times.location_id,
        lead_times.supplier_id,
        lead_times.as_of_date,
        demand_statistics.mean_daily_qty,
        demand_statistics.sd_daily_qty,
        service_levels.review_days,
        service_levels.unit_cost_amount,
        {{ kpi_normal_quantile('service_levels.service_level_target_ratio') }} as service_deviate_ratio
    from lead_times
    inner join demand_statistics
        on
            lead_times.sku_id = demand_statistics.sku_id
            and lead_times.location_id = demand_statistics.location_id
    inner join service_levels
        on
            lead_times.sku_id = service_levels.sku_id
            and lead_times.location_id = service_levels.location_id
)

select * from final
