-- How often stock ran out, by calendar days: of the days on which goods were on sale and asked for, those that ended
-- without any. Sums of records; ratios are taken after the sum.
with record_months as (
    select * from {{ ref('int_lag__stockout_record_month') }}
),

stock_scopes as (
    select * from {{ ref('bridge_stock_scope') }}
),

{% set counts = [
    'active_day_count', 'oos_day_count', 'effective_day_count', 'event_count', 'begun_event_count',
    'unknown_event_count', 'unpriced_event_count'
] %}
{% set sums = [
    'expected_qty', 'served_qty', 'lost_qty', 'known_cost_lost_qty', 'lost_sales_amount', 'lost_margin_amount'
] %}

summed as (
    select
        stock_scopes.scope_type,
        stock_scopes.scope_id,
        record_months.month_start_date,
        record_months.last_day_date,
        record_months.is_month_closed,
        {%- for column in counts %}
        cast(sum(record_months.{{ column }}) as integer) as {{ column }},
        {%- endfor %}
        {%- for measure in sums %}
        cast(sum(record_months.{{ measure }}) as decimal(24, 4)) as {{ measure }},
        {%- endfor %}
        count(*) as record_count
    from record_months
    inner join stock_scopes using (sku_id, location_id)
    group by
        stock_scopes.scope_type, stock_scopes.scope_id, record_months.month_start_date, record_months.last_day_date,
        record_months.is_month_closed
),

coverage_policy as (
    {{ policy_as_of(['min_cost_coverage'], over='summed', as_of='last_day_date') }}
),

covered as (
    select
        summed.*,
        coverage_policy.min_cost_coverage,
        {{ divide('summed.known_cost_lost_qty', 'summed.lost_qty') }} as cost_coverage_ratio
    from summed
    inner join coverage_policy using (last_day_date)
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        active_day_count,
        oos_day_count,
        {{ kpi_stockout_day_ratio('oos_day_count', 'active_day_count') }} as stockout_day_ratio,
        case when active_day_count = 0 then 'no_demand' end as stockout_day_reason,
        effective_day_count,
        event_count,
        begun_event_count,
        unknown_event_count,
        {{ kpi_unknown_cause_ratio('unknown_event_count', 'begun_event_count') }} as unknown_cause_ratio,
        case when begun_event_count = 0 then 'no_stockout' end as unknown_cause_reason,
        expected_qty,
        served_qty,
        lost_qty,
        lost_sales_amount,
        lost_margin_amount,
        unpriced_event_count,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage
    from covered
)

select * from final
