-- Numerators and denominators add up over records of a scope and month; ratios never do: they are taken after the sum.
with summed as (
    select * from {{ ref('int_lag__turnover_scope') }}
),

forward_cover as (
    select * from {{ ref('int_lag__forward_cover') }}
),

{%- set days = {'year': 365, 'quarter': 90, 'weeks': 91} %}
{%- set weeks = 13 %}

scope_policy as (
    {{ policy_as_of(
        ['min_cost_coverage', 'avg_inventory_min_coverage'], over='summed', as_of='last_day_date'
    ) }}
),

measured as (
    select
        summed.*,
        forward_cover.forward_source,
        forward_cover.doh_forward_days,
        forward_cover.doh_forward_unit_days,
        scope_policy.min_cost_coverage,
        scope_policy.avg_inventory_min_coverage,
        scope_policy.avg_inventory_min_coverage * summed.window_day_count as needed_day_count,
        {{ divide('summed.known_cost_qty_days', 'summed.qty_days') }} as cost_coverage_ratio
    from summed
    inner join scope_policy using (last_day_date)
    left join forward_cover using (scope_type, scope_id, month_start_date)
),

judged as (
    select
        *,
        {%- for window in [days.quarter, days.weeks] %}
        {%- set needed = 'avg_inventory_min_coverage * ' ~ window %}
        {{ kpi_recent_cover_reason('closing_amount', 'cogs_' ~ window ~ '_amount', 'known_day_count', needed) }}
            as recent_reason_{{ window }},
        {{ kpi_unit_cover_reason('scope_type', 'sold_' ~ window ~ '_qty', 'known_day_count', needed) }}
            as unit_reason_{{ window }},
        {%- endfor %}
        {{ kpi_turnover_reason(
            'turnover_numerator_amount', 'avg_inventory_amount', 'known_day_count', 'needed_day_count',
            'is_month_closed'
        ) }} as turnover_reason,
        {{ kpi_turnover_ratio('turnover_numerator_amount', 'avg_inventory_amount') }} as any_turnover_ratio,
        {{ kpi_turnover_unit_reason(
            'scope_type', 'sold_qty', 'avg_inventory_qty', 'known_day_count', 'needed_day_count', 'is_month_closed'
        ) }} as turnover_unit_reason
    from measured
),

final as (
    select
        scope_type,
        scope_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        avg_method_used,
        window_day_count,
        known_day_count,
        turnover_numerator_amount,
        avg_inventory_amount,
        case when turnover_reason is null then any_turnover_ratio end as turnover_ratio,
        turnover_reason,
        case
            when turnover_reason is null then
                {{ kpi_days_on_hand('avg_inventory_amount', 'turnover_numerator_amount', days.year) }}
        end as doh_365_days,
        coalesce(
            turnover_reason,
            {{ kpi_days_on_hand_reason('avg_inventory_amount', 'turnover_numerator_amount') }}
        ) as doh_365_reason,
        closing_amount,
        cogs_90_amount,
        case
            when recent_reason_90 is null then {{ kpi_days_on_hand('closing_amount', 'cogs_90_amount', days.quarter) }}
        end as doh_90_days,
        recent_reason_90 as doh_90_reason,
        cogs_91_amount,
        case
            when recent_reason_91 is null then {{ kpi_days_on_hand('closing_amount', 'cogs_91_amount', days.weeks) }}
        end as doh_91_days,
        case
            when recent_reason_91 is null then {{ kpi_days_on_hand('closing_amount', 'cogs_91_amount', weeks) }}
        end as wos_91_weeks,
        recent_reason_91 as wos_91_reason,
        forward_source,
        case when closing_amount is not null then doh_forward_days end as doh_forward_days,
        case when closing_amount is not null then {{ kpi_weeks_of_supply('doh_forward_days') }} end
            as wos_forward_weeks,
        {{ kpi_forward_cover_reason('closing_amount', 'doh_forward_days') }} as wos_forward_reason,
        closing_qty,
        sold_90_qty,
        case
            when unit_reason_90 is null then {{ kpi_days_on_hand('closing_qty', 'sold_90_qty', days.quarter) }}
        end as doh_90_unit_days,
        unit_reason_90 as doh_90_unit_reason,
        sold_91_qty,
        case
            when unit_reason_91 is null then {{ kpi_days_on_hand('closing_qty', 'sold_91_qty', days.weeks) }}
        end as doh_91_unit_days,
        case
            when unit_reason_91 is null then {{ kpi_days_on_hand('closing_qty', 'sold_91_qty', weeks) }}
        end as wos_91_unit_weeks,
        unit_reason_91 as wos_91_unit_reason,
        case
            when turnover_unit_reason is null then {{ kpi_days_on_hand('avg_inventory_qty', 'sold_qty', days.year) }}
        end as doh_365_unit_days,
        turnover_unit_reason as doh_365_unit_reason,
        doh_forward_unit_days,
        {{ kpi_weeks_of_supply('doh_forward_unit_days') }} as wos_forward_unit_weeks,
        {{ kpi_forward_unit_reason('scope_type', 'doh_forward_unit_days') }} as wos_forward_unit_reason,
        cost_coverage_ratio,
        coalesce(cost_coverage_ratio < min_cost_coverage, false) as is_low_cost_coverage,
        uncosted_record_count
    from judged
)

select * from final
