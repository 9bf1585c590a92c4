-- Which flag each disposition is on: the last that had opened by the day it names. The latest word on a flag speaks.
with episodes as (
    select * from {{ ref('fct_flag_episode') }}
),

dispositions as (
    select * from {{ ref('fct_disposition') }}
    where subject_kind = 'flag'
),

on_flags as (
    select
        dispositions.*,
        episodes.opened_date,
        row_number() over (
            partition by dispositions.team, dispositions.disposition_id order by episodes.opened_date desc
        ) as flag_rank
    from dispositions
    inner join episodes
        on
            dispositions.sku_id = episodes.sku_id
            and dispositions.location_id = episodes.location_id
            and dispositions.rule_id = episodes.rule_id
            and dispositions.flagged_date >= episodes.opened_date
),

ranked as (
    select
        *,
        row_number() over (
            partition by sku_id, location_id, rule_id, opened_date
            order by decided_at desc, team asc, disposition_id asc
        ) as recency_rank
    from on_flags
    where flag_rank = 1
),

final as (
    select
        sku_id,
        location_id,
        rule_id,
        opened_date,
        verdict,
        decided_at,
        decided_by,
        note
    from ranked
    where recency_rank = 1
)

select * from final
