-- Of several generations that tell of a flag the last one speaks: it may have closed the flag.
with record_flags as (
    select * from {{ ref('stg_audit__record_flags') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id, rule_id, opened_date
            order by as_of_at desc, generation desc, _meta_batch_id desc, _meta_row desc
        ) as recency_rank
    from record_flags
),

final as (
    select
        sku_id,
        location_id,
        rule_id,
        opened_date,
        closed_date,
        on_hand_qty,
        on_hand_amount,
        generation,
        as_of_at
    from ranked
    where recency_rank = 1
)

select * from final
