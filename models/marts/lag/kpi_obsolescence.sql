-- Net write-offs beside what policy compares them with: of the month, a year's worth of it, and of the twelve months
-- to its end. What is written off of records without a cost is told apart.
with summed as (
    select * from {{ ref('int_lag__obsolescence_month') }}
),

{% set losses = [
    'gross_write_off_amount', 'gross_write_down_amount', 'counted_reversal_amount', 'disallowed_amount',
    'net_write_off_amount', 'obsolete_amount', 'uncosted_write_off_amount'
] %}
scope_policy as (
    {{ policy_as_of(
        ['writeoff_base:text', 'min_cost_coverage', 'avg_inventory_min_coverage'], over='summed', as_of='last_day_date'
    ) }}
),

windows as (
    select
        summed.*,
        scope_policy.writeoff_base,
        scope_policy.min_cost_coverage,
        scope_policy.avg_inventory_min_coverage * {{ days_between(
            add_months(add_days('summed.last_day_date', 1), -12), add_days('summed.last_day_date', 1)
        ) }} as needed_day_count,
        {%- for measure in ['known_day_count', 'value_days', 'cogs_amount'] %}
        sum(summed.{{ measure }}) over past_12 as year_{{ measure }},
        {%- endfor %}
        sum(summed.net_write_off_amount) over past_12 as year_net_write_off_amount
    from summed
    inner join scope_policy using (last_day_date)
    window
        past_12 as (
            partition by summed.scope_type, summed.scope_id
            order by summed.month_start_date
            rows between 11 preceding and current row
        )
),

based as (
    select
        *,
        {{ kpi_write_off_base(
            'writeoff_base', kpi_yearly_average('year_value_days'), 'year_cogs_amount', 'closing_amount'
        ) }} as write_off_base_amount,
        {{ divide('known_cost_qty_days', 'qty_days') }} as cost_coverage_ratio
    from windows
),

judged as (
    select
        *,
        {{ kpi_write_off_reason(
            'writeoff_base', 'write_off_base_amount', 'year_known_day_count', 'needed_day_count', 'is_month_closed'
        ) }} as write_off_reason
    from based
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        {%- for loss in losses %}
        {{ loss }},
        {%- endfor %}
        value_days,
        {{ divide('value_days', 'known_day_count', 4) }} as avg_inventory_amount,
        {{ kpi_write_off_year_ratio('net_write_off_amount', 'value_days') }} as write_off_month_ratio,
        cast(year_net_write_off_amount as decimal(24, 4)) as year_net_write_off_amount,
        cast(write_off_base_amount as decimal(24, 4)) as write_off_base_amount,
        case
            when write_off_reason is null then
                {{ kpi_write_off_ratio('year_net_write_off_amount', 'write_off_base_amount') }}
        end as write_off_ratio,
        write_off_reason,
        {{ kpi_write_off_ratio('year_net_write_off_amount', 'year_cogs_amount') }} as write_off_to_cogs_ratio,
        coalesce(value_days, 0) = 0 and net_write_off_amount + uncosted_write_off_amount <> 0 as is_without_stock,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        unrated_count
    from judged
)

select * from final
