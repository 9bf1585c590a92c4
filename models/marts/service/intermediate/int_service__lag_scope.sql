-- Segments, and above them divisions and companies, whose metric is the one that covers most of their stock value.
with segments as (
    select
        *,
        {{ kpi_primary_metric('rule_reason') }} as rule_metric
    from {{ ref('int_service__lag_segment') }}
),

final as (
    select
        'segment' as scope_type,
        segment_id as scope_id,
        month_start_date,
        last_day_date,
        company_code,
        division_code,
        category,
        demand_group,
        season_range_ratio,
        rule_metric,
        rule_reason,
        closing_amount as rule_stock_amount,
        {{ lag_indicator_columns() | join(', ') }}
    from segments
    {%- for scope_type in ['division', 'company'] %}

    union all

    select
        '{{ scope_type }}' as scope_type,
        {{ scope_type }}_code as scope_id,
        month_start_date,
        last_day_date,
        max(company_code) as company_code,
        {{ 'max(division_code)' if scope_type == 'division' else 'cast(null as string)' }} as division_code,
        cast(null as string) as category,
        cast(null as string) as demand_group,
        cast(null as decimal(24, 6)) as season_range_ratio,
        {{ kpi_executive_metric(
            "sum(closing_amount) filter (where rule_metric = 'turns')",
            "sum(closing_amount) filter (where rule_metric = 'weeks_of_supply')"
        ) }} as rule_metric,
        'most_stock_value' as rule_reason,
        cast(
            greatest(
                coalesce(sum(closing_amount) filter (where rule_metric = 'turns'), 0),
                coalesce(sum(closing_amount) filter (where rule_metric = 'weeks_of_supply'), 0)
            ) as decimal(24, 4)
        ) as rule_stock_amount,
        {{ lag_indicator_sums() }}
    from segments
    group by {{ scope_type }}_code, month_start_date, last_day_date
    {%- endfor %}
)

select * from final
