-- KPIs of the subject service in the shape of the scorecard, one branch per registry row.
with targets as (
    select * from {{ ref('kpi_service_level_target') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

-- Records without a plan or a target are in neither sum.
gaps as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        targets.as_of_date as period_end_date,
        cast(sum(targets.annual_demand_amount) filter (where targets.is_planned_below_target) as decimal(24, 4))
            as short_amount,
        cast(sum(targets.annual_demand_amount) filter (where targets.planned_gap_reason is null) as decimal(24, 4))
            as denominator,
        min(targets.planned_gap_reason) as reason_code
    from targets
    inner join stock_scopes using (sku_id, location_id)
    group by stock_scopes.scope_type, stock_scopes.scope_id, targets.as_of_date
),

final as (
    select
        'service_level_gap_ratio' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        case when denominator > 0 then coalesce(short_amount, 0) end as numerator,
        denominator,
        case when denominator > 0 then {{ divide('coalesce(short_amount, 0)', 'denominator') }} end as kpi_value,
        case when denominator > 0 then null else reason_code end as reason_code
    from gaps
)

select * from final
