-- Every verdict of a steward. Whether it speaks, and for which flag, is said by visibility.fct_flag_verdict and
-- visibility.fct_steward_worklist.
with dispositions as (
    select * from {{ ref('stg_unified__disposition') }}
),

final as (
    select
        team,
        disposition_id,
        subject_kind,
        sku_id,
        location_id,
        rule_id,
        coalesce(flagged_date, cast(decided_at as date)) as flagged_date,
        landed_file,
        file_row_number,
        verdict,
        decided_by,
        decided_at,
        note,
        _meta_batch_id
    from dispositions
)

select * from final
