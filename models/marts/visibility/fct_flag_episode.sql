-- Each flag from the first cut-off that told it to the first that no longer did. Of the past, what generations recorded
-- (core.fct_flag_observation); of today, what the record rules say.
with flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

observations as (
    select
        *,
        case when closed_date is null then rule_id end as open_rule_id
    from {{ ref('fct_flag_observation') }}
),

rules as (
    select * from {{ ref('record_rules') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

episodes as (
    select
        flags.sku_id,
        flags.location_id,
        flags.rule_id,
        coalesce(observations.opened_date, flags.flagged_date) as opened_date,
        cast(null as date) as closed_date,
        coalesce(observations.on_hand_qty, flags.on_hand_qty) as on_hand_qty,
        coalesce(observations.on_hand_amount, flags.on_hand_amount) as on_hand_amount
    from flags
    left join observations
        on
            flags.sku_id = observations.sku_id
            and flags.location_id = observations.location_id
            and flags.rule_id = observations.open_rule_id

    union all

    select
        observations.sku_id,
        observations.location_id,
        observations.rule_id,
        observations.opened_date,
        coalesce(observations.closed_date, cutoff.as_of_date) as closed_date,
        observations.on_hand_qty,
        observations.on_hand_amount
    from observations
    cross join cutoff
    left join flags
        on
            observations.sku_id = flags.sku_id
            and observations.location_id = flags.location_id
            and observations.open_rule_id = flags.rule_id
    where flags.rule_id is null
),

final as (
    select
        episodes.sku_id,
        episodes.location_id,
        episodes.rule_id,
        episodes.opened_date,
        episodes.closed_date,
        episodes.closed_date is null as is_open,
        case
            when rules.is_phantom_signal then 'phantom'
            when rules.is_stale_signal then 'stale'
            else 'other'
        end as subject_signal,
        episodes.on_hand_qty,
        episodes.on_hand_amount
    from episodes
    left join rules on episodes.rule_id = rules.rule_id
)

select * from final
