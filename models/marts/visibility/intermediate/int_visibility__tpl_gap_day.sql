-- Holes in the message log of each 3PL by the day on which they show.
with gaps as (
    select * from {{ ref('fct_tpl_sequence_gap') }}
),

final as (
    select
        provider_code,
        noticed_date,
        cast(sum(missing_count) as bigint) as missing_message_count
    from gaps
    group by provider_code, noticed_date
)

select * from final
