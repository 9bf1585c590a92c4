-- Picks that found too little in the days before the cut-off. A count since then has answered the question they raise,
-- and goods that were found are no short pick.
with pick_errors as (
    select * from {{ ref('fct_pick_error') }}
    where error_type in ('short_pick', 'not_found') and found_at is null
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

activity as (
    select * from {{ ref('int_visibility__record_activity') }}
),

window_policy as (
    {{ policy_as_of(['short_pick_window_days'], over='cutoff', as_of='as_of_date') }}
),

final as (
    select
        pick_errors.sku_id,
        pick_errors.location_id,
        cast(count(*) as integer) as short_pick_count,
        max(pick_errors.occurred_at) as last_short_pick_at
    from pick_errors
    cross join cutoff
    inner join window_policy on cutoff.as_of_date = window_policy.as_of_date
    left join activity
        on
            pick_errors.sku_id = activity.sku_id
            and pick_errors.location_id = activity.location_id
    where
        pick_errors.occurred_at <= cutoff.as_of_at
        and pick_errors.occurred_at > {{ add_whole_days('cutoff.as_of_at', '-window_policy.short_pick_window_days') }}
        and (activity.last_counted_at is null or pick_errors.occurred_at > activity.last_counted_at)
    group by pick_errors.sku_id, pick_errors.location_id
)

select * from final
