-- Rows that are held back as subjects of a steward's work, each with the last word on it. What they are worth cannot be
-- said: no cost is known for what no master knows.
with quarantined_rows as (
    select * from {{ ref('fct_quarantined_row') }}
),

landed_files as (
    select * from {{ ref('fct_landed_file') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

verdicts as (
    select * from {{ ref('int_visibility__row_disposition') }}
),

final as (
    select
        'quarantined_row' as subject_kind,
        'held_back' as subject_signal,
        cast(null as string) as sku_id,
        cast(null as string) as sku_description,
        cast(null as string) as location_id,
        quarantined_rows.source || '/' || quarantined_rows.instance as feed_name,
        quarantined_rows.landed_file,
        quarantined_rows.file_row_number,
        quarantined_rows.rule_id,
        'Held back: ' || quarantined_rows.source || '.' || quarantined_rows.entity as rule_name,
        'error' as severity,
        coalesce(cast(landed_files.extracted_at as date), cutoff.as_of_date) as opened_date,
        quarantined_rows.message || coalesce(' Row: ' || quarantined_rows.raw_row, '') as evidence,
        cast(null as decimal(24, 8)) as observed_value,
        cast(null as decimal(24, 8)) as threshold_value,
        cast(null as decimal(18, 4)) as on_hand_qty,
        cast(null as decimal(24, 4)) as at_stake_amount,
        'Have it corrected at its source and sent again, or say that it stays out.' as what_to_do,
        verdicts.verdict as last_verdict,
        verdicts.decided_by as last_judged_by,
        verdicts.decided_at as last_judged_at,
        verdicts.note as last_note
    from quarantined_rows
    cross join cutoff
    left join landed_files on quarantined_rows.landed_file = landed_files.landed_file
    left join verdicts
        on
            quarantined_rows.landed_file = verdicts.landed_file
            and quarantined_rows.file_row_number = verdicts.file_row_number
            and quarantined_rows.rule_id = verdicts.rule_id
)

select * from final
