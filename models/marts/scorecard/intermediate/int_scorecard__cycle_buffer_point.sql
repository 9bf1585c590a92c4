-- How much slower a stage of the order cycle was than the month before, beside how much more stock the location kept.
with cycles as (
    select * from {{ ref('kpi_order_fulfillment_cycle') }}
    where channel = 'all' and cycle_reason is null
),

turnover as (
    select * from {{ ref('kpi_inventory_turnover') }}
    where scope_type = 'location' and is_month_closed and doh_90_days is not null
),

months as (
    select
        cycles.location_id,
        cycles.cycle_stage,
        cycles.month_start_date,
        cycles.p90_hours,
        turnover.doh_90_days
    from cycles
    inner join turnover
        on
            cycles.location_id = turnover.scope_id
            and cycles.month_start_date = turnover.month_start_date
),

compared as (
    select
        *,
        lag(month_start_date) over in_order as previous_month_start_date,
        p90_hours - lag(p90_hours) over in_order as p90_change_hours,
        doh_90_days - lag(doh_90_days) over in_order as cover_change_days
    from months
    window in_order as (partition by location_id, cycle_stage order by month_start_date)
),

final as (
    select
        location_id,
        cycle_stage,
        month_start_date,
        cast(p90_change_hours as decimal(24, 6)) as p90_change_hours,
        cast(cover_change_days as decimal(24, 6)) as cover_change_days
    from compared
    -- A month that is missing between the two leaves no change of a month.
    where {{ add_months('previous_month_start_date', 1) }} = month_start_date
)

select * from final
