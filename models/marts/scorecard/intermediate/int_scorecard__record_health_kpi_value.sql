-- Doubt about stock records in the shape of the scorecard. Records without a value are left out of both sums.
with record_health as (
    select * from {{ ref('kpi_stock_record_health') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

scoped as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        record_health.as_of_date as period_end_date,
        cast(coalesce(sum(record_health.value_at_risk_amount), 0) as decimal(24, 4)) as numerator,
        cast(coalesce(sum(record_health.on_hand_amount), 0) as decimal(24, 4)) as denominator
    from record_health
    inner join stock_scopes using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, record_health.as_of_date
),

final as (
    select
        'phantom_value_ratio' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when denominator = 0 then 'no_stock' end as reason_code
    from scoped
)

select * from final
