-- The message log of each 3PL by day of sending: arrivals, holes, repetitions, rejections, waiting for acknowledgement.
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

waited as (
    select
        messages.*,
        {{ kpi_tpl_waiting_seconds('messages.sent_at', 'messages.acknowledged_at', 'cutoff.as_of_at') }}
            as waiting_seconds
    from messages
    cross join cutoff
),

final as (
    select
        provider_code,
        sent_date,
        cast(count(distinct sequence_no) as integer) as message_count,
        cast(sum(delivery_count) as integer) as delivered_row_count,
        cast(sum(duplicate_count) as integer) as duplicate_row_count,
        cast(count(*) filter (where status = 'rejected' or quarantine_rule is not null) as integer)
            as rejected_message_count,
        cast(count(*) filter (where acknowledged_at is null) as integer) as unacknowledged_message_count,
        cast({{ quantile_observed('waiting_seconds', 0.95) }} as bigint) as ack_p95_seconds
    from waited
    group by provider_code, sent_date
)

select * from final
