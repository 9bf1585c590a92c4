-- Demand over lead time and review, the distribution it is taken to follow and the quantity ordered at a time.
with economics as (
    select * from {{ ref('int_service__item_economics') }}
),

demand_moments as (
    select * from {{ ref('int_service__demand_moment') }}
),

lead_times as (
    select * from {{ ref('fct_replenishment_lead_time') }}
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading
),

item_suppliers as (
    select * from {{ ref('fct_item_supplier') }}
    where is_chosen
),

locations as (
    select * from {{ ref('dim_location') }}
),

order_policy as (
    {{ policy_as_of(
        ['order_cover_days', 'lead_time_shrinkage', 'estimate_error:text'], over='economics', as_of='as_of_date'
    ) }}
),

joined as (
    select
        economics.*,
        order_policy.order_cover_days,
        order_policy.estimate_error,
        order_policy.lead_time_shrinkage + coalesce(lead_times.receipt_count, 0) as lead_time_count,
        demand_moments.active_day_count,
        item_suppliers.order_cost_amount,
        parameters.order_qty as planned_order_qty,
        parameters.service_level_ratio as planned_service_level_ratio,
        cast(coalesce(parameters.review_days, 0) as decimal(9, 2)) as review_days,
        demand_moments.demand_class,
        demand_moments.mean_daily_qty,
        demand_moments.sd_daily_qty,
        {{ kpi_annual_demand_qty('coalesce(demand_moments.mean_daily_qty, 0)') }} as annual_demand_qty,
        lead_times.lead_time_days,
        coalesce(lead_times.lead_time_sd_days, 0) as lead_time_sd_days,
        lead_times.lead_time_days + coalesce(parameters.review_days, 0) as lead_and_review_days
    from economics
    inner join order_policy using (as_of_date)
    inner join locations on economics.location_id = locations.location_id
    left join demand_moments
        on
            economics.sku_id = demand_moments.sku_id
            and economics.location_id = demand_moments.location_id
    left join lead_times
        on
            economics.sku_id = lead_times.sku_id
            and economics.location_id = lead_times.location_id
    left join parameters
        on
            economics.sku_id = parameters.sku_id
            and economics.location_id = parameters.location_id
            and economics.as_of_date >= parameters.valid_from_date
            and economics.as_of_date < parameters.valid_to_date
    left join item_suppliers
        on
            locations.division_code = item_suppliers.division_code
            and economics.sku_id = item_suppliers.sku_id
),

-- Means taken from few days or receipts are unsure themselves; that spread comes on top of that of the process.
estimated as (
    select
        *,
        case
            when estimate_error = 'counted'
                then {{ kpi_days_with_estimate_error('lead_and_review_days', 'active_day_count') }}
            else lead_and_review_days
        end as unsure_days,
        case
            when estimate_error = 'counted'
                then {{ kpi_sd_with_estimate_error('lead_time_sd_days', 'lead_time_count') }}
            else lead_time_sd_days
        end as unsure_lead_time_sd_days
    from joined
),

measured as (
    select
        *,
        {{ product('mean_daily_qty', 'lead_and_review_days') }} as mean_lead_time_demand_qty,
        {{ kpi_lead_time_demand_sd('unsure_days', 'sd_daily_qty', 'mean_daily_qty', 'unsure_lead_time_sd_days') }}
            as sd_lead_time_demand_qty,
        case when planned_order_qty > 0 then cast(planned_order_qty as decimal(24, 6)) end as own_order_qty,
        {{ kpi_economic_order_qty(
            'annual_demand_qty', 'order_cost_amount', 'unit_cost_amount', 'carrying_rate'
        ) }} as economic_order_qty,
        {{ product('mean_daily_qty', 'order_cover_days') }} as cover_order_qty
    from estimated
),

final as (
    select
        sku_id,
        location_id,
        as_of_date,
        demand_class,
        mean_daily_qty,
        annual_demand_qty,
        lead_time_days,
        lead_time_sd_days,
        review_days,
        planned_service_level_ratio,
        coalesce(own_order_qty, economic_order_qty, cover_order_qty) as lead_time_order_qty,
        case
            when own_order_qty is not null then 'planned'
            when economic_order_qty is not null then 'economic'
            when cover_order_qty is not null then 'days_of_cover'
        end as order_qty_source,
        mean_lead_time_demand_qty,
        sd_lead_time_demand_qty,
        {{ kpi_lead_time_distribution('demand_class', 'mean_lead_time_demand_qty', 'sd_lead_time_demand_qty') }}
            as lead_time_distribution,
        case
            when annual_demand_qty <= 0 then 'no_demand'
            when sd_daily_qty is null then 'short_history'
            when lead_time_days is null then 'no_lead_time'
            when mean_lead_time_demand_qty <= 0 and sd_lead_time_demand_qty > 0 then 'no_lead_time'
            when unit_cost_amount is null then 'no_cost'
            when list_price_amount is null then 'no_price'
        end as service_level_reason
    from measured
)

select * from final
