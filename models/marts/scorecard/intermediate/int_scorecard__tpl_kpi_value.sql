-- KPIs of the 3PLs in the shape of the scorecard, one branch per registry row. The waiting time is an order statistic:
-- it has no sum, and so no value for the company.
with scope_days as (
    select * from {{ ref('int_scorecard__tpl_scope_day') }}
),

provider_days as (
    select * from {{ ref('kpi_tpl_consistency') }}
),

final as (
    {%- for kpi_id, part, whole, reason in [
        ('tpl_completeness_ratio', 'message_count', 'expected_message_count', 'no_messages'),
        ('tpl_answer_ratio', 'answered_order_count', 'due_order_count', 'no_orders_due'),
        ('tpl_consistency_ratio', 'matched_record_count', 'compared_record_count', 'no_advice'),
    ] %}
    {{ kpi_value_branch(
        kpi_id, 'scope_days', part, whole, kpi_tpl_share_ratio(part, whole), reason_without(whole, reason),
        ['day_date', 'day_date']
    ) }}

    union all
    {% endfor %}
    select
        'tpl_ack_p95_minutes' as kpi_id,
        'provider' as scope_type,
        provider_code as scope_id,
        day_date as period_start_date,
        day_date as period_end_date,
        cast(ack_p95_minutes as decimal(24, 4)) as numerator,
        cast(1 as decimal(24, 4)) as denominator,
        ack_p95_minutes as kpi_value,
        ack_reason as reason_code
    from provider_days
)

select * from final
