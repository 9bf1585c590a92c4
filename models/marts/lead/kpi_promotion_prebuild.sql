-- How much to order ahead of each promotion to come, and by which day.
with outlooks as (
    select * from {{ ref('int_lead__promotion_outlook') }}
),

supplies as (
    select * from {{ ref('int_lead__promotion_supply') }}
),

item_suppliers as (
    select * from {{ ref('int_lead__promotion_source') }}
),

economics as (
    select * from {{ ref('kpi_service_level_target') }}
),

build_policy as (
    {{ policy_as_of(['promotion_build_days'], over='outlooks', as_of='as_of_date') }}
),

needed as (
    select
        outlooks.*,
        supplies.usable_qty,
        supplies.due_qty,
        supplies.demand_before_qty,
        item_suppliers.supplier_id,
        item_suppliers.moq_qty,
        item_suppliers.order_multiple_qty,
        item_suppliers.lead_time_p95_days,
        economics.unit_cost_amount,
        build_policy.promotion_build_days,
        {{ kpi_prebuild_qty(
            'outlooks.promotion_demand_qty', 'outlooks.promotion_ss_qty', 'supplies.usable_qty', 'supplies.due_qty',
            'supplies.demand_before_qty'
        ) }} as missing_qty
    from outlooks
    inner join build_policy on outlooks.as_of_date = build_policy.as_of_date
    inner join supplies
        on
            outlooks.division_code = supplies.division_code
            and outlooks.promotion_code = supplies.promotion_code
            and outlooks.sku_id = supplies.sku_id
            and outlooks.location_id = supplies.location_id
    left join item_suppliers
        on outlooks.sku_id = item_suppliers.sku_id and outlooks.location_id = item_suppliers.location_id
    left join economics on outlooks.sku_id = economics.sku_id and outlooks.location_id = economics.location_id
),

ordered as (
    select
        *,
        case
            when prebuild_reason is null and promotion_ss_qty is not null
                then cast(promotion_demand_qty + promotion_ss_qty as decimal(24, 6))
        end as need_qty,
        {{ kpi_rounded_order_qty('missing_qty', 'moq_qty', 'order_multiple_qty') }} as rounded_qty,
        {{ add_days('start_date', '-ceil(lead_time_p95_days) - promotion_build_days') }} as order_by_date
    from needed
),

final as (
    select
        division_code,
        promotion_code,
        sku_id,
        location_id,
        supplier_id,
        as_of_date,
        start_date,
        end_date,
        plan_day_count,
        plan_baseline_qty as baseline_qty,
        expected_uplift_ratio,
        uplift_source,
        promotion_demand_qty,
        promotion_ss_qty,
        usable_qty,
        due_qty,
        demand_before_qty,
        need_qty,
        case when need_qty is not null then missing_qty end as missing_qty,
        case when need_qty is not null then rounded_qty end as prebuild_qty,
        coalesce(prebuild_reason, case when need_qty is null then 'insufficient_baseline' end) as prebuild_reason,
        lead_time_p95_days,
        case when need_qty is not null and rounded_qty > 0 then order_by_date end as order_by_date,
        need_qty is not null and rounded_qty > 0 and order_by_date < as_of_date as is_order_late,
        {{ product('need_qty', 'unit_cost_amount', 4) }} as need_amount,
        {{ product('least(missing_qty, need_qty)', 'unit_cost_amount', 4) }} as missing_amount,
        case when need_qty is not null and unit_cost_amount is null then 'no_cost' end as amount_reason
    from ordered
)

select * from final
