with message_days as (
    select * from {{ ref('int_visibility__tpl_message_day') }}
),

answer_days as (
    select * from {{ ref('int_visibility__tpl_answer_day') }}
),

gaps as (
    select * from {{ ref('fct_tpl_sequence_gap') }}
),

comparisons as (
    select * from {{ ref('int_visibility__tpl_comparison') }}
),

rejection_days as (
    select * from {{ ref('int_visibility__tpl_rejection_day') }}
),

gap_days as (
    select
        provider_code,
        noticed_date,
        cast(sum(missing_count) as integer) as missing_message_count
    from gaps
    group by provider_code, noticed_date
),

comparison_days as (
    select
        provider_code,
        cut_off_date,
        cast(count(*) as integer) as compared_record_count,
        cast(count(*) filter (where is_matched) as integer) as matched_record_count
    from comparisons
    group by provider_code, cut_off_date
),

provider_days as (
    {%- for rows, day in [
        ('message_days', 'sent_date'), ('comparison_days', 'cut_off_date'), ('rejection_days', 'extracted_date')
    ] %}
    select
        provider_code,
        {{ day }} as day_date
    from {{ rows }}
    {%- if not loop.last %}

    union
    {% endif %}
    {%- endfor %}
),

{% set counts = {
    'message_days': ['message_count', 'delivered_row_count', 'duplicate_row_count', 'rejected_message_count',
                     'unacknowledged_message_count'],
    'gap_days': ['missing_message_count'],
    'answer_days': ['due_order_count', 'answered_order_count'],
    'rejection_days': ['held_back_row_count', 'schema_drift_count'],
    'comparison_days': ['compared_record_count', 'matched_record_count'],
} %}

counted as (
    select
        provider_days.provider_code,
        provider_days.day_date,
        {%- for rows, columns in counts.items() %}
        {%- for column in columns %}
        coalesce({{ rows }}.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        {%- endfor %}
        message_days.ack_p95_seconds
    from provider_days
    {%- for rows, day in {
        'message_days': 'sent_date', 'gap_days': 'noticed_date', 'answer_days': 'sent_date',
        'rejection_days': 'extracted_date', 'comparison_days': 'cut_off_date'
    }.items() %}
    left join {{ rows }}
        on
            provider_days.provider_code = {{ rows }}.provider_code
            and provider_days.day_date = {{ rows }}.{{ day }}
    {%- endfor %}
),

final as (
    select
        provider_code,
        day_date,
        message_count,
        missing_message_count,
        cast(message_count + missing_message_count as integer) as expected_message_count,
        {{ kpi_tpl_completeness_ratio('message_count', 'missing_message_count') }} as completeness_ratio,
        case when message_count + missing_message_count = 0 then 'no_messages' end as completeness_reason,
        due_order_count,
        answered_order_count,
        {{ kpi_tpl_share_ratio('answered_order_count', 'due_order_count') }} as answer_ratio,
        case when due_order_count = 0 then 'no_orders_due' end as answer_reason,
        delivered_row_count,
        duplicate_row_count,
        {{ kpi_tpl_share_ratio('duplicate_row_count', 'delivered_row_count') }} as duplicate_ratio,
        rejected_message_count,
        held_back_row_count,
        {{ kpi_tpl_share_ratio('rejected_message_count + held_back_row_count', 'message_count + held_back_row_count') }}
            as reject_ratio,
        schema_drift_count,
        compared_record_count,
        matched_record_count,
        {{ kpi_tpl_share_ratio('matched_record_count', 'compared_record_count') }} as consistency_ratio,
        case when compared_record_count = 0 then 'no_advice' end as consistency_reason,
        unacknowledged_message_count,
        {{ kpi_tpl_ack_minutes('ack_p95_seconds') }} as ack_p95_minutes,
        case when ack_p95_seconds is null then 'no_messages' end as ack_reason
    from counted
)

select * from final
