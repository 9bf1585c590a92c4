-- Open flags as subjects of a steward's work, each with the last word on it.
with episodes as (
    select * from {{ ref('fct_flag_episode') }}
    where is_open
),

flags as (
    select * from {{ ref('fct_stock_record_flag') }}
),

skus as (
    select * from {{ ref('dim_sku') }}
),

rules as (
    select * from {{ ref('record_rules') }}
),

verdicts as (
    select * from {{ ref('fct_flag_verdict') }}
),

final as (
    select
        'flag' as subject_kind,
        episodes.subject_signal,
        episodes.sku_id,
        skus.sku_description,
        episodes.location_id,
        cast(null as string) as feed_name,
        cast(null as string) as landed_file,
        cast(null as bigint) as file_row_number,
        episodes.rule_id,
        rules.rule_name,
        flags.severity,
        episodes.opened_date,
        flags.evidence,
        flags.observed_value,
        flags.threshold_value,
        flags.on_hand_qty,
        abs(flags.on_hand_amount) as at_stake_amount,
        rules.what_to_do,
        verdicts.verdict as last_verdict,
        verdicts.judged_by as last_judged_by,
        verdicts.judged_at as last_judged_at,
        verdicts.note as last_note
    from episodes
    inner join flags using (sku_id, location_id, rule_id)
    left join skus on episodes.sku_id = skus.sku_id
    left join rules on episodes.rule_id = rules.rule_id
    left join verdicts
        on
            episodes.sku_id = verdicts.sku_id
            and episodes.location_id = verdicts.location_id
            and episodes.rule_id = verdicts.rule_id
            and episodes.opened_date = verdicts.flagged_date
)

select * from final
