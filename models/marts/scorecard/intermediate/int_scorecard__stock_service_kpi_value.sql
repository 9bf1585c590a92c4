-- KPIs of service that are counted over stock records, in the shape of the scorecard, one branch per registry row.
with performances as (
    select * from {{ ref('kpi_safety_stock_performance') }}
),

reviews as (
    select * from {{ ref('fct_operational_review') }}
),

variabilities as (
    select * from {{ ref('kpi_demand_variability') }}
),

planned_options as (
    select * from {{ ref('kpi_service_level_option') }}
    where is_plan and service_type = 'cycle'
),

outlooks as (
    select * from {{ ref('kpi_projected_stockout') }}
),

statuses as (
    select * from {{ ref('kpi_stock_status') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

judged as (
    select
        'ss_breach_ratio' as kpi_id,
        sku_id,
        location_id,
        case when safety_stock_qty > 0 then 1 end as whole_value,
        case when is_red or is_amber then 1 else 0 end as part_value,
        'no_ss' as reason_code
    from performances

    union all

    select
        'review_late_ratio' as kpi_id,
        sku_id,
        location_id,
        case when review_state <> 'open' or is_late then 1 end as whole_value,
        case when is_late then 1 else 0 end as part_value,
        'not_due' as reason_code
    from reviews

    union all

    select
        'overstock_avoided_ratio' as kpi_id,
        sku_id,
        location_id,
        case when variability_reason is null then uniform_ss_amount end as whole_value,
        avoided_amount as part_value,
        coalesce(variability_reason, 'no_stock') as reason_code
    from variabilities

    union all

    select
        'service_regret_ratio' as kpi_id,
        sku_id,
        location_id,
        least_cost_amount as whole_value,
        regret_amount as part_value,
        coalesce(regret_reason, 'no_cost') as reason_code
    from planned_options

    union all

    select
        'projected_lost_ratio' as kpi_id,
        sku_id,
        location_id,
        horizon_demand_amount as whole_value,
        lost_amount as part_value,
        coalesce(lost_reason, 'no_price') as reason_code
    from outlooks

    union all

    select
        'stock_healthy_ratio' as kpi_id,
        sku_id,
        location_id,
        case when is_healthy is not null then 1 end as whole_value,
        case when is_healthy then 1 else 0 end as part_value,
        stock_status_reason as reason_code
    from statuses
),

-- What cannot be judged is in neither sum.
summed as (
    select
        judged.kpi_id,
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        cast(sum(judged.whole_value) as decimal(24, 4)) as denominator,
        cast(sum(judged.part_value) filter (where judged.whole_value is not null) as decimal(24, 4)) as numerator,
        min(judged.reason_code) as reason_code
    from judged
    inner join stock_scopes using (sku_id, location_id)
    group by judged.kpi_id, stock_scopes.scope_type, stock_scopes.scope_id
),

final as (
    select
        summed.kpi_id,
        summed.scope_type,
        summed.scope_id,
        cutoff.as_of_date as period_start_date,
        cutoff.as_of_date as period_end_date,
        summed.numerator,
        summed.denominator,
        {{ divide('summed.numerator', 'summed.denominator') }} as kpi_value,
        case when coalesce(summed.denominator, 0) = 0 then summed.reason_code end as reason_code
    from summed
    cross join cutoff
)

select * from final
