-- Every record and month since its goods went on sale, with the days on which somebody could be expected to ask: those
-- on sale, in months with demand no longer before them than policy oos_expectation_days, or with a stock-out.
with active_records as (
    select * from {{ ref('int_lag__active_record') }}
),

months as (
    select * from {{ ref('int_lag__month') }}
),

demand_months as (
    select * from {{ ref('int_lag__demand_month') }}
),

losses as (
    select * from {{ ref('int_lag__stockout_loss') }}
),

record_months as (
    select
        active_records.*,
        months.month_start_date,
        months.last_day_date,
        months.is_month_closed,
        greatest(active_records.active_from_date, months.month_start_date) as from_date,
        least(active_records.active_to_date, {{ add_days('months.last_day_date', 1) }}) as to_date
    from active_records
    inner join months on active_records.active_from_date <= months.last_day_date
),

stockout_months as (
    select distinct
        sku_id,
        location_id,
        month_start_date
    from losses
),

window_policy as (
    {{ policy_as_of(['oos_expectation_days'], over='record_months', as_of='month_start_date') }}
),

asked as (
    select
        record_months.*,
        window_policy.oos_expectation_days,
        stockout_months.sku_id is not null as is_touched,
        max(demand_months.last_demand_date) over (
            partition by record_months.sku_id, record_months.location_id order by record_months.month_start_date
            rows between unbounded preceding and current row
        ) as last_demand_date
    from record_months
    inner join window_policy using (month_start_date)
    left join demand_months using (sku_id, location_id, month_start_date)
    left join stockout_months using (sku_id, location_id, month_start_date)
),

final as (
    select
        sku_id,
        location_id,
        month_start_date,
        last_day_date,
        is_month_closed,
        cast(
            case
                when
                    is_touched
                    or {{ days_between('last_demand_date', 'month_start_date') }} <= oos_expectation_days
                    then greatest({{ days_between('from_date', 'to_date') }}, 0)
                else 0
            end as integer
        ) as active_day_count
    from asked
)

select * from final
