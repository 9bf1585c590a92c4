-- What stewards found out about records that were flagged as phantoms: a look at the shelf with its finding, as a count
-- is. Of several on one day the last one speaks.
with dispositions as (
    select * from {{ ref('fct_disposition') }}
    where subject_kind = 'flag'
),

rules as (
    select * from {{ ref('record_rules') }}
    where is_phantom_signal
),

verdicts as (
    select * from {{ ref('steward_verdicts') }}
    where subject_signal = 'phantom' and is_confirmed is not null
),

on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where on_hand_qty > 0
),

ranked as (
    select
        dispositions.sku_id,
        dispositions.location_id,
        cast(dispositions.decided_at as date) as look_date,
        verdicts.is_confirmed as is_phantom,
        row_number() over (
            partition by
                dispositions.sku_id, dispositions.location_id, cast(dispositions.decided_at as date)
            order by dispositions.decided_at desc, dispositions.team asc, dispositions.disposition_id asc
        ) as recency_rank
    from dispositions
    inner join rules on dispositions.rule_id = rules.rule_id
    inner join verdicts on dispositions.verdict = verdicts.verdict
),

final as (
    select
        ranked.sku_id,
        ranked.location_id,
        ranked.look_date,
        on_hand.on_hand_qty as book_qty,
        ranked.is_phantom
    from ranked
    inner join on_hand
        on
            ranked.sku_id = on_hand.sku_id
            and ranked.location_id = on_hand.location_id
            and ranked.look_date > on_hand.valid_from_date
            and ranked.look_date <= on_hand.valid_to_date
    where ranked.recency_rank = 1
)

select * from final
