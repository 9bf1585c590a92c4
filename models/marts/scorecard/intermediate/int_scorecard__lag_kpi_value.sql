-- KPIs of the subject lag in the shape of the scorecard, one branch per registry row.
with abc_classes as (
    select * from {{ ref('kpi_abc_class') }}
),

turnover as (
    select * from {{ ref('kpi_inventory_turnover') }}
    where is_month_closed
),

carrying_cost as (
    select * from {{ ref('kpi_carrying_cost') }}
    where is_month_closed
),

gmroii as (
    select * from {{ ref('kpi_gmroii') }}
    where is_month_closed
),

abc_moves as (
    select
        scope_type,
        scope_id,
        review_date as period_end_date,
        cast(count(*) filter (where is_moved) as decimal(24, 4)) as numerator,
        cast(count(*) as decimal(24, 4)) as denominator
    from abc_classes
    where previous_abc_class is not null and not is_provisional
    group by scope_type, scope_id, review_date
),

final as (
    select
        'abc_churn_ratio' as kpi_id,
        scope_type,
        scope_id,
        period_end_date as period_start_date,
        period_end_date,
        numerator,
        denominator,
        {{ divide('numerator', 'denominator') }} as kpi_value,
        cast(null as string) as reason_code
    from abc_moves

    union all

    select
        'inventory_turnover' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        turnover_numerator_amount as numerator,
        avg_inventory_amount as denominator,
        turnover_ratio as kpi_value,
        turnover_reason as reason_code
    from turnover

    union all

    select
        'days_on_hand_90' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        closing_amount as numerator,
        cogs_90_amount as denominator,
        doh_90_days as kpi_value,
        doh_90_reason as reason_code
    from turnover

    union all

    select
        'carrying_cost_ratio' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        carrying_cost_amount as numerator,
        avg_inventory_amount as denominator,
        carrying_cost_ratio as kpi_value,
        carrying_cost_reason as reason_code
    from carrying_cost

    union all

    select
        'gmroii' as kpi_id,
        scope_type,
        scope_id,
        month_start_date as period_start_date,
        last_day_date as period_end_date,
        gross_margin_amount as numerator,
        avg_inventory_amount as denominator,
        gmroii_ratio as kpi_value,
        gmroii_reason as reason_code
    from gmroii
)

select * from final
