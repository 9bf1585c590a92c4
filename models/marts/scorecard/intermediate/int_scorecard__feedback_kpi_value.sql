-- KPIs of the subject feedback in the shape of the scorecard, one branch per registry row.
with proposals as (
    select * from {{ ref('kpi_reorder_point_proposal') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

reorder_points as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        proposals.as_of_date as period_end_date,
        cast(count(*) filter (where proposals.is_reorder_point_off) as decimal(24, 4)) as numerator,
        cast(count(proposals.is_reorder_point_off) as decimal(24, 4)) as denominator
    from proposals
    inner join stock_scopes using (sku_id, location_id)
    where stock_scopes.scope_type <> 'sku_location'
    group by stock_scopes.scope_type, stock_scopes.scope_id, proposals.as_of_date
),

final as (
    select
        'reorder_point_gap_ratio' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        case when denominator = 0 then 'no_proposal' end as reason_code
    from reorder_points
)

select * from final
