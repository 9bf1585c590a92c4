-- What a data steward is asked: every open flag and every row held back, with what speaks for it, what may be said
-- of it and what was said last. worklist_id stays the same from generation to generation while the subject does.
with flags as (
    select * from {{ ref('int_visibility__worklist_flag') }}
),

quarantined_rows as (
    select * from {{ ref('int_visibility__worklist_row') }}
),

verdicts as (
    select * from {{ ref('steward_verdicts') }}
),

kpis as (
    select * from {{ ref('kpi_registry') }}
    where kpi_id = 'flag_precision_ratio'
),

audit_rules as (
    select * from {{ ref('dim_audit_rule') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

-- Whoever answers for the rule of the audit that judges the same: AR-2 is that of rows held back.
owners as (
    select
        rule_id,
        owner
    from audit_rules
    where suite in ('phantom_stock', 'stale_stock', 'row_accounting')
),

options as (
    select
        subject_signal,
        trim({{ text_of('joined', "verdict || ' '", 'verdict') }}) as verdict_options
    from verdicts
    group by subject_signal
),

subjects as (
    select * from flags

    union all

    select * from quarantined_rows
),

-- A flag that was fixed and is still there at a later cut-off was not: it is asked for again.
judged as (
    select
        subjects.*,
        options.verdict_options,
        coalesce(owners.owner, kpis.owner) as owner,
        cast({{ days_between('subjects.opened_date', 'cutoff.as_of_date') }} as integer) as open_days,
        cast({{ days_between('cast(subjects.last_judged_at as date)', 'cutoff.as_of_date') }} as integer)
            as last_verdict_days,
        case
            when subjects.last_verdict is null then 'open'
            when subjects.last_verdict in ('fixed', 'corrected_at_source')
                and cast(subjects.last_judged_at as date) < cutoff.as_of_date then 'not_fixed'
            else 'judged'
        end as worklist_status
    from subjects
    cross join cutoff
    cross join kpis
    left join owners
        on case when subjects.subject_kind = 'flag' then subjects.rule_id else 'AR-2' end = owners.rule_id
    left join options on subjects.subject_signal = options.subject_signal
),

final as (
    select
        case when subject_kind = 'flag' then 'F-' else 'Q-' end || {{ subject_key([
            'subject_kind', 'sku_id', 'location_id', 'landed_file', 'cast(file_row_number as string)', 'rule_id',
            "case when subject_kind = 'flag' then cast(opened_date as string) end",
        ]) }} as worklist_id,
        subject_kind,
        subject_signal,
        sku_id,
        sku_description,
        location_id,
        feed_name,
        landed_file,
        file_row_number,
        rule_id,
        rule_name,
        severity,
        opened_date,
        open_days,
        evidence,
        observed_value,
        threshold_value,
        on_hand_qty,
        at_stake_amount,
        case when at_stake_amount is null then 'no_cost' end as at_stake_reason,
        what_to_do,
        owner,
        verdict_options,
        worklist_status,
        last_verdict,
        last_judged_by,
        last_judged_at,
        last_verdict_days,
        last_note
    from judged
)

select * from final
