-- Segments of like demand, division by division, with the metric that the rule gives each.
with stock_records as (
    select * from {{ ref('int_service__lag_record') }}
),

seasons as (
    select * from {{ ref('int_service__category_season') }}
),

switch_policy as (
    {{ policy_as_of(['season_switch'], over='stock_records', as_of='last_day_date') }}
),

summed as (
    select
        division_code || '|' || category || '|' || demand_group as segment_id,
        company_code,
        division_code,
        category,
        demand_group,
        month_start_date,
        last_day_date,
        {{ lag_indicator_sums() }}
    from stock_records
    group by company_code, division_code, category, demand_group, month_start_date, last_day_date
),

final as (
    select
        summed.*,
        cast(seasons.season_range_ratio as decimal(24, 6)) as season_range_ratio,
        {{ kpi_primary_metric_reason(
            'summed.demand_group', 'seasons.season_range_ratio', 'switch_policy.season_switch'
        ) }} as rule_reason
    from summed
    inner join switch_policy using (last_day_date)
    left join seasons using (division_code, category, month_start_date)
)

select * from final
