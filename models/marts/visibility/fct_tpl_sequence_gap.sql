-- Holes in the message log of a 3PL: numbers that no message carries, between two that do.
with messages as (
    select * from {{ ref('fct_shipment_message') }}
),

numbers as (
    select
        provider_code,
        sequence_no,
        min(sent_at) as sent_at,
        min(sent_date) as sent_date
    from messages
    group by provider_code, sequence_no
),

steps as (
    select
        *,
        lag(sequence_no) over (partition by provider_code order by sequence_no) as previous_sequence_no,
        lag(sent_at) over (partition by provider_code order by sequence_no) as previous_sent_at
    from numbers
),

final as (
    select
        provider_code,
        previous_sequence_no + 1 as first_missing_sequence_no,
        sequence_no - 1 as last_missing_sequence_no,
        sequence_no - previous_sequence_no - 1 as missing_count,
        previous_sent_at as message_before_at,
        sent_at as message_after_at,
        sent_date as noticed_date
    from steps
    where sequence_no > previous_sequence_no + 1
)

select * from final
