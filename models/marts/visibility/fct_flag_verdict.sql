-- Labels for flags: what a steward said of each, else what the first count after it found.
with episodes as (
    select * from {{ ref('fct_flag_episode') }}
),

said as (
    select * from {{ ref('int_visibility__flag_disposition') }}
),

counted as (
    select * from {{ ref('int_visibility__flag_count') }}
),

verdicts as (
    select * from {{ ref('steward_verdicts') }}
),

meanings as (
    select distinct
        verdict,
        is_confirmed
    from verdicts
),

final as (
    select
        episodes.sku_id,
        episodes.location_id,
        episodes.rule_id,
        episodes.opened_date as flagged_date,
        meanings.verdict,
        meanings.is_confirmed,
        case when said.verdict is not null then 'steward' else 'count' end as source,
        coalesce(said.decided_at, counted.decided_at) as judged_at,
        said.decided_by as judged_by,
        case when said.verdict is not null then said.note else counted.note end as note,
        cast(
            {{ days_between(
                'episodes.opened_date', 'cast(coalesce(said.decided_at, counted.decided_at) as date)'
            ) }} as integer
        ) as verdict_days
    from episodes
    left join said using (sku_id, location_id, rule_id, opened_date)
    left join counted using (sku_id, location_id, rule_id, opened_date)
    inner join meanings on coalesce(said.verdict, counted.verdict) = meanings.verdict
)

select * from final
