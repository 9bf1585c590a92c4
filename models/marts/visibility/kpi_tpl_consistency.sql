with provider_days as (
    select * from {{ ref('int_visibility__tpl_day') }}
),

final as (
    select
        provider_code,
        day_date,
        message_count,
        missing_message_count,
        message_count + missing_message_count as expected_message_count,
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
    from provider_days
)

select * from final
