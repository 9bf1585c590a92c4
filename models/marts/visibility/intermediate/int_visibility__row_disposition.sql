-- The latest word of a steward on each row that was held back.
with dispositions as (
    select * from {{ ref('fct_disposition') }}
    where subject_kind = 'quarantined_row'
),

ranked as (
    select
        *,
        row_number() over (
            partition by landed_file, file_row_number, rule_id
            order by decided_at desc, team asc, disposition_id asc
        ) as recency_rank
    from dispositions
),

final as (
    select
        landed_file,
        file_row_number,
        rule_id,
        verdict,
        decided_at,
        decided_by,
        note
    from ranked
    where recency_rank = 1
)

select * from final
