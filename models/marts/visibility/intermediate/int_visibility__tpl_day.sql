-- Every count about a 3PL and day side by side; nil where there was nothing to count.
with message_days as (
    select * from {{ ref('int_visibility__tpl_message_day') }}
),

gap_days as (
    select * from {{ ref('int_visibility__tpl_gap_day') }}
),

answer_days as (
    select * from {{ ref('int_visibility__tpl_answer_day') }}
),

rejection_days as (
    select * from {{ ref('int_visibility__tpl_rejection_day') }}
),

comparison_days as (
    select * from {{ ref('int_visibility__tpl_comparison_day') }}
),

{% set steps = {
    'message': ('sent_date', ['message_count', 'delivered_row_count', 'duplicate_row_count', 'rejected_message_count',
                              'unacknowledged_message_count']),
    'gap': ('noticed_date', ['missing_message_count']),
    'answer': ('sent_date', ['due_order_count', 'answered_order_count']),
    'rejection': ('extracted_date', ['held_back_row_count', 'schema_drift_count']),
    'comparison': ('cut_off_date', ['compared_record_count', 'matched_record_count']),
} %}

provider_days as (
    {%- for step, (day, _) in steps.items() %}
    select
        provider_code,
        {{ day }} as day_date
    from {{ step }}_days
    {%- if not loop.last %}

    union
    {% endif %}
    {%- endfor %}
),

final as (
    select
        provider_days.*,
        {%- for step, (_, counts) in steps.items() %}
        {%- for count in counts %}
        coalesce({{ step }}_days.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- endfor %}
        message_days.ack_p95_seconds
    from provider_days
    left join message_days
        on
            provider_days.provider_code = message_days.provider_code
            and provider_days.day_date = message_days.sent_date
    {%- for step, (day, _) in steps.items() if step != 'message' %}
    left join {{ step }}_days
        on
            provider_days.provider_code = {{ step }}_days.provider_code
            and provider_days.day_date = {{ step }}_days.{{ day }}
    {%- endfor %}
)

select * from final
