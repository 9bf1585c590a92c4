-- Flags that earlier generations told. The day of this cut-off is left out, so that what a run records about itself
-- changes nothing when the same batches are built again.
with record_flags as (
    select * from {{ ref('stg_unified__record_flag') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- A flag that nobody closed before the same record broke the rule anew ended there.
told as (
    select
        record_flags.*,
        case when record_flags.closed_date < cutoff.as_of_date then record_flags.closed_date end as told_closed_date,
        lead(record_flags.opened_date) over (
            partition by record_flags.sku_id, record_flags.location_id, record_flags.rule_id
            order by record_flags.opened_date
        ) as next_opened_date
    from record_flags
    inner join cutoff on record_flags.opened_date < cutoff.as_of_date
),

final as (
    select
        sku_id,
        location_id,
        rule_id,
        opened_date,
        coalesce(told_closed_date, next_opened_date) as closed_date,
        on_hand_qty,
        on_hand_amount
    from told
)

select * from final
