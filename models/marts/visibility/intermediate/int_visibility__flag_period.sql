-- Flags in the periods their precision is told of: the month they were raised in, and the window that ends with the
-- cut-off. Each with its verdict, where there is one.
with episodes as (
    select * from {{ ref('fct_flag_episode') }}
),

verdicts as (
    select * from {{ ref('fct_flag_verdict') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

window_policy as (
    {{ policy_as_of(['flag_precision_window_days'], over='cutoff', as_of='as_of_date') }}
),

windows as (
    select
        as_of_date as window_end_date,
        {{ add_days('as_of_date', '1 - flag_precision_window_days') }} as window_start_date
    from window_policy
),

judged as (
    select
        episodes.*,
        verdicts.verdict,
        verdicts.is_confirmed,
        verdicts.source,
        verdicts.verdict_days
    from episodes
    left join verdicts
        on
            episodes.sku_id = verdicts.sku_id
            and episodes.location_id = verdicts.location_id
            and episodes.rule_id = verdicts.rule_id
            and episodes.opened_date = verdicts.flagged_date
),

periods as (
    select
        judged.*,
        'month' as period_type,
        dates.month_start_date as period_start_date,
        dates.month_end_date as period_end_date
    from judged
    inner join dates on judged.opened_date = dates.date_day

    union all

    select
        judged.*,
        'window' as period_type,
        windows.window_start_date as period_start_date,
        windows.window_end_date as period_end_date
    from judged
    inner join windows
        on
            judged.opened_date >= windows.window_start_date
            and judged.opened_date <= windows.window_end_date
),

final as (
    select
        sku_id,
        location_id,
        rule_id,
        opened_date,
        closed_date,
        is_open,
        subject_signal,
        on_hand_qty,
        on_hand_amount,
        verdict,
        is_confirmed,
        source,
        verdict_days,
        period_type,
        period_start_date,
        period_end_date
    from periods
)

select * from final
