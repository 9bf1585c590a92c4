-- Runs of days that closed with less than a share of the safety stock in force (AMBER): from the first such day to the
-- first that is none; the day of the cut-off is not over.
with on_hand as (
    select * from {{ ref('fct_stock_on_hand') }}
    where valid_from_date < valid_to_date
),

parameters as (
    select * from {{ ref('fct_planning_parameter') }}
    where is_leading and safety_stock_qty > 0
),

cutoff as (
    select * from {{ ref('dim_cutoff') }}
),

amber_policy as (
    {{ policy_as_of(['ss_breach_pct', 'ss_breach_days'], over='cutoff', as_of='as_of_date') }}
),

spans as (
    select
        on_hand.sku_id,
        on_hand.location_id,
        greatest(on_hand.valid_from_date, parameters.valid_from_date) as from_date,
        least(on_hand.valid_to_date, parameters.valid_to_date, amber_policy.as_of_date) as to_date,
        amber_policy.ss_breach_days
    from on_hand
    inner join parameters
        on
            on_hand.sku_id = parameters.sku_id
            and on_hand.location_id = parameters.location_id
            and on_hand.valid_from_date < parameters.valid_to_date
            and on_hand.valid_to_date > parameters.valid_from_date
    cross join amber_policy
    where on_hand.on_hand_qty < {{ multiply('parameters.safety_stock_qty', 'amber_policy.ss_breach_pct') }}
),

marked as (
    select
        *,
        case
            when lag(to_date) over (partition by sku_id, location_id order by from_date) = from_date then 0 else 1
        end as start_count
    from spans
    where from_date < to_date
),

numbered as (
    select
        *,
        sum(start_count) over (
            partition by sku_id, location_id order by from_date rows between unbounded preceding and current row
        ) as run_number
    from marked
),

runs as (
    select
        sku_id,
        location_id,
        run_number,
        min(from_date) as from_date,
        max(to_date) as to_date,
        max(ss_breach_days) as ss_breach_days
    from numbered
    group by sku_id, location_id, run_number
),

final as (
    select
        runs.sku_id,
        runs.location_id,
        runs.from_date,
        {{ add_days('runs.from_date', 'runs.ss_breach_days') }} as opened_date,
        case when runs.to_date < cutoff.as_of_date then runs.to_date end as closed_date,
        cast({{ days_between('runs.from_date', 'runs.to_date') }} as integer) as low_day_count
    from runs
    cross join cutoff
    where {{ days_between('runs.from_date', 'runs.to_date') }} >= runs.ss_breach_days
)

select * from final
