-- How uneven the demand of each record is, which distribution follows from it, and what safety stock by class holds
-- less (or more) than one rule for all would.
with lead_time_demand as (
    select * from {{ ref('int_service__lead_time_demand') }}
),

demand_statistics as (
    select * from {{ ref('fct_demand_statistic') }}
),

economics as (
    select * from {{ ref('int_service__item_economics') }}
),

candidates as (
    select * from {{ ref('int_service__service_level_candidate') }}
    where is_cap
),

variability_policy as (
    {{ policy_as_of(['uniform_csl', 'ss_cap_days'], over='lead_time_demand', as_of='as_of_date') }}
),

uniform as (
    select
        as_of_date,
        ss_cap_days,
        {{ kpi_normal_quantile('uniform_csl') }} as uniform_z
    from variability_policy
),

joined as (
    select
        lead_time_demand.sku_id,
        lead_time_demand.location_id,
        lead_time_demand.as_of_date,
        economics.abc_class,
        economics.xyz_class,
        lead_time_demand.demand_class,
        demand_statistics.active_week_count,
        demand_statistics.demand_week_count,
        demand_statistics.adi_ratio,
        case when demand_statistics.demand_week_count > 0 then coalesce(demand_statistics.nonzero_cv2_ratio, 0) end
            as nonzero_cv2_ratio,
        coalesce(
            demand_statistics.demand_week_count > 0 and demand_statistics.nonzero_cv2_ratio is null, false
        ) as is_cv2_assumed,
        demand_statistics.mean_daily_qty as served_mean_daily_qty,
        demand_statistics.sd_daily_qty,
        lead_time_demand.mean_daily_qty as planned_mean_daily_qty,
        {{ divide('demand_statistics.demand_qty', 'demand_statistics.demand_day_count') }} as typical_order_qty,
        lead_time_demand.lead_time_distribution,
        lead_time_demand.mean_lead_time_demand_qty,
        lead_time_demand.sd_lead_time_demand_qty,
        economics.cap_ratio,
        economics.unit_cost_amount,
        candidates.needed_reorder_point_qty,
        candidates.needed_safety_stock_qty,
        uniform.uniform_z,
        uniform.ss_cap_days,
        lead_time_demand.service_level_reason
    from lead_time_demand
    inner join economics using (sku_id, location_id)
    inner join uniform on lead_time_demand.as_of_date = uniform.as_of_date
    left join demand_statistics using (sku_id, location_id)
    left join candidates using (sku_id, location_id)
),

capped as (
    select
        *,
        {{ kpi_ss_cap_qty('ss_cap_days', 'planned_mean_daily_qty', 'typical_order_qty') }} as ss_cap_qty,
        case
            when lead_time_distribution is not null
                then {{ kpi_uniform_ss_qty('uniform_z', 'sd_lead_time_demand_qty') }}
        end as uniform_ss_qty
    from joined
),

decided as (
    select
        *,
        {{ kpi_class_ss_qty('needed_safety_stock_qty', 'ss_cap_qty') }} as class_ss_qty
    from capped
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        abc_class,
        xyz_class,
        demand_class,
        active_week_count,
        demand_week_count,
        adi_ratio,
        nonzero_cv2_ratio,
        is_cv2_assumed,
        {{ kpi_demand_cv_ratio('sd_daily_qty', 'served_mean_daily_qty') }} as daily_cv_ratio,
        lead_time_distribution,
        mean_lead_time_demand_qty,
        sd_lead_time_demand_qty,
        cap_ratio,
        needed_reorder_point_qty,
        needed_safety_stock_qty,
        ss_cap_qty,
        class_ss_qty,
        needed_safety_stock_qty > ss_cap_qty as is_capped,
        uniform_ss_qty,
        cast(uniform_ss_qty - class_ss_qty as decimal(24, 6)) as avoided_qty,
        {{ product('uniform_ss_qty', 'unit_cost_amount', 4) }} as uniform_ss_amount,
        {{ product('class_ss_qty', 'unit_cost_amount', 4) }} as class_ss_amount,
        {{ product('uniform_ss_qty - class_ss_qty', 'unit_cost_amount', 4) }} as avoided_amount,
        case
            when service_level_reason in ('no_demand', 'short_history', 'no_lead_time') then service_level_reason
            when unit_cost_amount is null then 'no_cost'
        end as variability_reason
    from decided
)

select * from final
